/** Words enough that a message of them deflates about as prose does. */
const WORDS = (
  'the of and to a in that is was he for it with as his on be at by had not are but from or have an they which one ' +
  'you were her all she there would their we him been has when who will more no if out so said what up its about ' +
  'into than them can only other new some could time these two may then do first any my now such like our over man ' +
  'me even most made after also did many before must through back years where much your way well down should because ' +
  'each just those people how too little state good very make world still own see men work long get here between ' +
  'both life being under never day same another know while last might us great old year off come since against go ' +
  'came right used take three portal ledger oatmilk chai receipt station platform microscope hydration umbrella'
).split(' ')

/** Text of exactly `length` characters that differs for each `seed`. */
export function prose(length: number, seed: number): string {
  let state = (seed + 1) * 2654435761
  let text = `${seed}`
  while (text.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0
    text += ` ${WORDS[state % WORDS.length]}`
  }
  return text.slice(0, length)
}
