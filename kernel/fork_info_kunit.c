// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test of the ring in fork_info.c, on rings of the test's own.
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fork_info.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#define TEST_SLOTS	16
#define TEST_IN		((__force u32)(EPOLLIN | EPOLLRDNORM))
#define TEST_PRI	((__force u32)EPOLLPRI)

#define TEST_WRITERS	4
#define TEST_RECORDS	5000

static struct fork_info_ring *test_ring(struct kunit *test)
{
	struct fork_info_ring *ring;

	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ring);
	ring->records = kunit_kcalloc(test, TEST_SLOTS, sizeof(*ring->records),
				      GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ring->records);

	ring->capacity = TEST_SLOTS;
	ring->next_in = 1;
	ring->next_out = 1;
	ring->wake_seq = U64_MAX;
	spin_lock_init(&ring->lock);
	init_waitqueue_head(&ring->wait);
	return ring;
}

/* Every member that the ring does not set itself is made from @value. */
static struct fork_info test_record(u32 value)
{
	struct fork_info info;

	memset(&info, (u8)value, sizeof(info));
	info.flags = (u64)value * 0x9e3779b97f4a7c15ULL;
	info.start_ns = ~info.flags;
	info.pid = value;
	info.child_pid = ~value;
	return info;
}

static bool test_record_is_whole(const struct fork_info *info)
{
	struct fork_info want = test_record(info->pid);

	want.seq = info->seq;
	want.time_ns = info->time_ns;
	return !memcmp(info, &want, sizeof(want));
}

static void test_add(struct fork_info_ring *ring, u32 n)
{
	while (n--) {
		struct fork_info info = test_record(ring->next_in);

		fork_info_ring_add(ring, &info);
	}
}

/* Expect that asking for @seq gives record @want, unharmed. */
static void test_expect(struct kunit *test, struct fork_info_ring *ring,
			u64 seq, u64 want)
{
	struct fork_info info = {};

	KUNIT_ASSERT_TRUE(test, fork_info_ring_get(ring, seq, &info));
	KUNIT_EXPECT_EQ(test, info.seq, want);
	KUNIT_EXPECT_EQ(test, (u64)info.pid, want);
	KUNIT_EXPECT_TRUE(test, test_record_is_whole(&info));
}

static void test_expect_none(struct kunit *test, struct fork_info_ring *ring,
			     u64 seq)
{
	struct fork_info info = { .seq = 42 };

	KUNIT_EXPECT_FALSE(test, fork_info_ring_get(ring, seq, &info));
	KUNIT_EXPECT_EQ(test, info.seq, 42ULL);
}

static u32 test_poll(struct fork_info_ring *ring, u64 next_seq,
		     __poll_t events)
{
	return (__force u32)fork_info_ring_poll(ring, next_seq, events);
}

static void fork_info_test_layout(struct kunit *test)
{
	/* 5 * 8 + 12 * 4 + 16: no padding that could leak or differ. */
	KUNIT_EXPECT_EQ(test, sizeof(struct fork_info), (size_t)104);
	KUNIT_EXPECT_EQ(test, offsetof(struct fork_info, comm), (size_t)88);
}

static void fork_info_test_empty(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);

	test_expect_none(test, ring, 0);
	test_expect_none(test, ring, 1);
	test_expect_none(test, ring, U64_MAX);
}

static void fork_info_test_first(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);

	test_add(ring, 1);
	test_expect(test, ring, 0, 1);
	test_expect(test, ring, 1, 1);
	test_expect_none(test, ring, 2);
}

static void fork_info_test_full(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);
	u64 seq;

	test_add(ring, TEST_SLOTS);
	for (seq = 1; seq <= TEST_SLOTS; seq++)
		test_expect(test, ring, seq, seq);
	test_expect_none(test, ring, TEST_SLOTS + 1);

	/* The very next record costs the oldest one, and only that. */
	test_add(ring, 1);
	test_expect(test, ring, 1, 2);
	for (seq = 2; seq <= TEST_SLOTS + 1; seq++)
		test_expect(test, ring, seq, seq);
	test_expect_none(test, ring, TEST_SLOTS + 2);
}

static void fork_info_test_overwrite(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);
	const u64 newest = 10 * TEST_SLOTS + 7;
	const u64 oldest = newest - TEST_SLOTS + 1;
	u64 seq;

	test_add(ring, newest);
	for (seq = 0; seq <= oldest; seq++)
		test_expect(test, ring, seq, oldest);
	for (; seq <= newest; seq++)
		test_expect(test, ring, seq, seq);
	test_expect_none(test, ring, newest + 1);
}

static void fork_info_test_time(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);
	struct fork_info info = test_record(0);

	info.seq = 99;
	info.time_ns = 99;
	fork_info_ring_add(ring, &info);
	KUNIT_ASSERT_TRUE(test, fork_info_ring_get(ring, 0, &info));
	KUNIT_EXPECT_EQ(test, info.seq, 1ULL);
	KUNIT_EXPECT_NE(test, info.time_ns, 99ULL);
}

static void fork_info_test_poll(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);
	const u32 half = TEST_SLOTS / 2;

	KUNIT_EXPECT_EQ(test, test_poll(ring, 1, 0), 0U);

	test_add(ring, half - 1);
	KUNIT_EXPECT_EQ(test, test_poll(ring, half, 0), 0U);
	KUNIT_EXPECT_EQ(test, test_poll(ring, half - 1, 0), TEST_IN);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 1, 0), TEST_IN);

	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 1, 0), TEST_IN | TEST_PRI);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 2, 0), TEST_IN);

	/* Long overwritten is a backlog, too. */
	test_add(ring, 5 * TEST_SLOTS);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 1, 0), TEST_IN | TEST_PRI);
}

struct test_sleeper {
	struct wait_queue_entry wait;
	u32 wakes;
};

static int test_wake(struct wait_queue_entry *wait, unsigned int mode,
		     int sync, void *key)
{
	container_of(wait, struct test_sleeper, wait)->wakes++;
	return 0;
}

static void fork_info_test_wake(struct kunit *test)
{
	struct fork_info_ring *ring = test_ring(test);
	const u32 half = TEST_SLOTS / 2;
	struct test_sleeper sleeper = {};

	init_waitqueue_func_entry(&sleeper.wait, test_wake);
	add_wait_queue(&ring->wait, &sleeper.wait);

	/* Nobody asked. */
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 0U);
	test_poll(ring, 2, EPOLLERR | EPOLLHUP);
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 0U);

	/* For the next record: at once, and once. */
	test_poll(ring, 3, EPOLLIN);
	test_add(ring, 2);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 1U);

	/* For half a ring: not before. */
	test_poll(ring, 5, EPOLLPRI);
	test_add(ring, half - 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 1U);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 5, EPOLLPRI), TEST_IN);
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 2U);
	KUNIT_EXPECT_EQ(test, test_poll(ring, 5, 0), TEST_IN | TEST_PRI);

	/* The more patient of two does not make the other wait. */
	test_poll(ring, ring->next_in, EPOLLPRI);
	test_poll(ring, ring->next_in, EPOLLIN | EPOLLPRI);
	test_poll(ring, ring->next_in, EPOLLPRI);
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 3U);

	/* Whoever got a yes hears of the next record all the same. */
	test_poll(ring, 1, EPOLLIN);
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 4U);
	test_poll(ring, 1, EPOLLPRI);
	test_add(ring, 1);
	KUNIT_EXPECT_EQ(test, sleeper.wakes, 5U);

	remove_wait_queue(&ring->wait, &sleeper.wait);
}

struct test_writers {
	struct fork_info_ring *ring;
	struct completion done;
	atomic_t value;
	atomic_t running;
};

static int test_writer(void *data)
{
	struct test_writers *writers = data;
	u32 n;

	for (n = 0; n < TEST_RECORDS; n++) {
		struct fork_info info;

		info = test_record(atomic_inc_return(&writers->value));
		fork_info_ring_add(writers->ring, &info);
		if (n % 64 == 0)
			cond_resched();
	}

	/*
	 * The last writer wakes the test. Ordering is by complete(), which
	 * pairs with wait_for_completion() in fork_info_test_writers().
	 */
	if (atomic_dec_and_test(&writers->running))
		complete(&writers->done);
	return 0;
}

static void fork_info_test_writers(struct kunit *test)
{
	const u64 total = TEST_WRITERS * TEST_RECORDS;
	u64 read = 0, missed = 0, torn = 0, disordered = 0;
	struct test_writers *writers;
	struct fork_info info;
	u64 next = 1, time = 0;
	bool last = false;
	u32 i;

	writers = kunit_kzalloc(test, sizeof(*writers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, writers);
	writers->ring = test_ring(test);
	init_completion(&writers->done);
	atomic_set(&writers->running, TEST_WRITERS);

	for (i = 0; i < TEST_WRITERS; i++) {
		struct task_struct *task;

		task = kthread_run(test_writer, writers, "fork_info_%u", i);
		if (!IS_ERR(task))
			continue;

		/* As if the missing ones had run, so that the wait ends. */
		if (atomic_sub_and_test(TEST_WRITERS - i, &writers->running))
			complete(&writers->done);
		wait_for_completion(&writers->done);
		KUNIT_FAIL(test, "no thread for writer %u", i);
		return;
	}

	while (!last) {
		last = try_wait_for_completion(&writers->done);

		while (fork_info_ring_get(writers->ring, next, &info)) {
			disordered += info.seq < next;
			missed += info.seq - next;
			torn += !test_record_is_whole(&info);
			torn += info.time_ns < time;
			time = info.time_ns;
			next = info.seq + 1;
			read++;
		}
		cond_resched();
	}

	KUNIT_EXPECT_EQ(test, disordered, 0ULL);
	KUNIT_EXPECT_EQ(test, torn, 0ULL);
	KUNIT_EXPECT_EQ(test, next, total + 1);
	KUNIT_EXPECT_EQ(test, read + missed, total);
	kunit_info(test, "%llu records: %llu read, %llu overwritten before\n",
		   total, read, missed);
}

static struct kunit_case fork_info_test_cases[] = {
	KUNIT_CASE(fork_info_test_layout),
	KUNIT_CASE(fork_info_test_empty),
	KUNIT_CASE(fork_info_test_first),
	KUNIT_CASE(fork_info_test_full),
	KUNIT_CASE(fork_info_test_overwrite),
	KUNIT_CASE(fork_info_test_time),
	KUNIT_CASE(fork_info_test_poll),
	KUNIT_CASE(fork_info_test_wake),
	KUNIT_CASE(fork_info_test_writers),
	{}
};

static struct kunit_suite fork_info_test_suite = {
	.name = "fork_info",
	.test_cases = fork_info_test_cases,
};

kunit_test_suites(&fork_info_test_suite);
