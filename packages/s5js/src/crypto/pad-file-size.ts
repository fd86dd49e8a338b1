const BLOCK_BYTES = 4096
const BLOCKS_PER_SIZE = 20

/**
 * The size that S5 pads `size` bytes to: the next multiple of 4 KiB * 2^k, with the smallest k for
 * which `size` is at most 80 KiB * 2^k.
 */
export function padFileSize(size: number): number {
  let block = BLOCK_BYTES
  while (size > block * BLOCKS_PER_SIZE) block *= 2
  return Math.ceil(size / block) * block
}
