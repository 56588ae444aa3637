/** argon2id in WebAssembly, one instance per process, behind the port. */
import type Argon2Wasm from '@phi-ag/argon2'
import { Argon2Type, Argon2Version } from '@phi-ag/argon2'
import type { Argon2 } from '../deps.ts'

export const toArgon2 = (wasm: Argon2Wasm): Argon2 => ({
  hash: (password, { memoryKib, passes, lanes }) =>
    wasm.hash(wholeBytes(password), {
      type: Argon2Type.Argon2id,
      version: Argon2Version.Version13,
      memoryCost: memoryKib,
      timeCost: passes,
      parallelism: lanes,
      hashLength: 32,
    }).encoded,
  verify: (phc, password) => wasm.tryVerify(phc, wholeBytes(password), Argon2Type.Argon2id).success,
})

/**
 * The library encodes a string as UTF-8 but passes on its length in UTF-16 units, so that everything beyond ASCII
 * would be cut short. Padded with NULs to as many units as there are bytes, exactly the bytes of the password are read.
 */
function wholeBytes(password: string): string {
  return password.padEnd(new TextEncoder().encode(password).length, '\0')
}
