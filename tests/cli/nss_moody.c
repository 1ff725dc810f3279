/*
 * A name service for users_test.py. It knows one user, 5000 or "moody". The file
 * that MOODY names says how it answers: "up"; "down" (it fails); or "hang", until
 * the file says something else.
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_mood(char mood[8])
{
	FILE *file = fopen(getenv("MOODY"), "r");

	strcpy(mood, "down");
	if (!file)
		return;
	if (fscanf(file, "%7s", mood) != 1)
		strcpy(mood, "hang");
	fclose(file);
}

enum nss_status _nss_moody_getpwuid_r(uid_t uid, struct passwd *entry,
				      char *buffer, size_t size, int *error)
{
	static const char strings[] = "moody\0\0/\0/bin/sh";
	char mood[8];

	for (read_mood(mood); !strcmp(mood, "hang"); read_mood(mood))
		usleep(10000);
	if (!strcmp(mood, "down")) {
		*error = ECONNREFUSED;
		return NSS_STATUS_UNAVAIL;
	}
	if (uid != 5000)
		return NSS_STATUS_NOTFOUND;
	if (size < sizeof(strings)) {
		*error = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	memcpy(buffer, strings, sizeof(strings));
	memset(entry, 0, sizeof(*entry));
	entry->pw_uid = uid;
	entry->pw_name = buffer;
	entry->pw_passwd = entry->pw_gecos = buffer + 6;
	entry->pw_dir = buffer + 7;
	entry->pw_shell = buffer + 9;
	return NSS_STATUS_SUCCESS;
}
