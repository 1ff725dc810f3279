// Makes one HTML page of this directory, with the place for its data left open,
// and a C++ source that holds it. Usage: node bundle.js OUT.cc

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

async function bundle(entry) {
  const result = await build({
    absWorkingDir: new URL('.', import.meta.url).pathname,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    charset: 'ascii',
    format: 'iife',
    target: ['chrome100', 'firefox100', 'safari15'],
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

const hash = (text) =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const licence = read('node_modules/uplot/LICENSE');
const script = `/*! uPlot\n${licence}*/\n${await bundle('report.js')}`;
const style = await bundle('report.css');
if (/<\/(script|style)/i.test(script + style)) throw new Error('ends early');

const page = read('report.html')
  .replace('@POLICY@', () => "default-src 'none'; base-uri 'none'; " +
    `form-action 'none'; script-src ${hash(script)}; style-src ${hash(style)}`)
  .replace('@STYLE@', () => style)
  .replace('@SCRIPT@', () => script);
const bytes = Buffer.from(page);
writeFileSync(process.argv[2], `#include "query/report_template.h"
namespace forkdb {
namespace {
const unsigned char kPage[] = {${[...bytes].join(',')}};
}
std::string_view ReportTemplate() {
  return {reinterpret_cast<const char*>(kPage), sizeof kPage};
}
}  // namespace forkdb
`);
