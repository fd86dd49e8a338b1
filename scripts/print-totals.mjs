// The last line of CI: what the test runs that just ended counted.
import { readFile } from 'node:fs/promises'

/** @param {string} path */
const read = async (path) => JSON.parse(await readFile(new URL(`../${path}`, import.meta.url), 'utf8'))

const [tests, { stats }] = await Promise.all([
  read('coverage/test-report.json'),
  read('harness/test-output/report.json'),
])
const passed = tests.numPassedTests + stats.expected + stats.flaky
console.log(`${passed} passed, ${tests.numFailedTests + stats.unexpected} failed`)
