// The last line of CI: what the test run that just ended counted.
import { readFile } from 'node:fs/promises'

const report = JSON.parse(await readFile(new URL('../coverage/test-report.json', import.meta.url), 'utf8'))
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed`)
