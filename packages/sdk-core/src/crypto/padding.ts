/**
 * The length that `length` bytes are padded to by Padmé (Nikitin et al., PURBs, 2019): at most 12 % more,
 * and only O(log log n) bits of the length can be seen.
 */
export function padme(length: number): number {
  if (length < 2) return length
  const exponent = Math.floor(Math.log2(length))
  const significantBits = Math.floor(Math.log2(exponent)) + 1
  const unit = 2 ** Math.max(0, exponent - significantBits)
  return Math.ceil(length / unit) * unit
}
