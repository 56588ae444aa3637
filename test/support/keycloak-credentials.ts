/** What Keycloak keeps of people's proofs. */

const json = (value: unknown) => JSON.stringify(value)

/** Argon2id and TOTP as Keycloak 26 writes them, PBKDF2 as versions before, and before Keycloak 8. */
export const CREDENTIALS = {
  argon2: {
    type: 'password',
    secretData: json({ value: 'aGFzaGhhc2hoYXNoaGFzaA==', salt: 'c2FsdHNhbHRzYWx0cw==', additionalParameters: {} }),
    credentialData: json({
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: ['32'],
        memory: ['7168'],
        type: ['id'],
        version: ['1.3'],
        parallelism: ['1'],
      },
    }),
  },
  pbkdf2: {
    type: 'password',
    secretData: json({ value: 'aGFzaA==', salt: 'c2FsdA==' }),
    credentialData: json({ hashIterations: 27500, algorithm: 'pbkdf2-sha256' }),
  },
  ancient: {
    type: 'password',
    hashedSaltedValue: 'aGFzaA==',
    salt: 'c2FsdA==',
    hashIterations: 20000,
    algorithm: 'pbkdf2',
  },
  clear: { type: 'password', value: 'hunter2' },
  totp: {
    type: 'otp',
    secretData: json({ value: 'foobar' }),
    credentialData: json({ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' }),
  },
  hotp: { type: 'otp', secretData: json({ value: 'x' }), credentialData: json({ subType: 'hotp', digits: 6 }) },
}
