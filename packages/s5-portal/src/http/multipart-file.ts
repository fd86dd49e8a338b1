import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import busboy, { type Busboy } from 'busboy'
import { HttpProblem } from './problem'

const PART_NAME = 'file'

/**
 * The bytes of the one part `file` of a multipart form (RFC 7578), as they come in.
 *
 * @throws HttpProblem 400 when the form has other parts, lacks this one, or does not come to its end
 */
export async function* multipartFile(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  const form = openForm(incoming)
  const end = waitForEnd(form, incoming)
  try {
    const file = await Promise.race([waitForFile(form), end])
    if (file === undefined) throw new HttpProblem(400, `The form has no part named ${PART_NAME}`)
    yield* file
    await end
  } catch (cause) {
    throw cause instanceof HttpProblem ? cause : new HttpProblem(400, 'The form is malformed', { cause })
  } finally {
    incoming.unpipe(form)
    form.destroy()
  }
}

function openForm(incoming: IncomingMessage): Busboy {
  try {
    return busboy({ headers: incoming.headers, limits: { files: 1, fields: 0 } })
  } catch (cause) {
    throw new HttpProblem(400, 'The form has no boundary', { cause })
  }
}

function waitForFile(form: Busboy): Promise<Readable> {
  return new Promise((resolve) => {
    form.on('file', (name, file) => {
      // Whoever reads the file hears of its errors; this keeps one that comes earlier from ending the process.
      file.on('error', () => {})
      if (name === PART_NAME) resolve(file)
      else form.destroy(new HttpProblem(400, `The form has no part named ${PART_NAME}`))
    })
  })
}

function waitForEnd(form: Busboy, incoming: IncomingMessage): Promise<undefined> {
  const refuse = (detail: string) => () => form.destroy(new HttpProblem(400, detail))
  form.on('filesLimit', refuse('The form has more than one file'))
  form.on('fieldsLimit', refuse('The form has a part that is not a file'))
  finished(incoming).catch(refuse('The request was cut short'))
  const end = finished(incoming.pipe(form)).then(() => undefined)
  // It is awaited only after the file was read: until then its failure is not unheard.
  end.catch(() => {})
  return end
}
