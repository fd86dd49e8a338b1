import type { CreateSdkOptions, Sdk } from '@s5-conversations/sdk-core'
import { fetchConfig, type HarnessConfig } from '../config'
import { type Identity, toSignIn } from './identity'
import { forgetIdentity, recallIdentity, rememberIdentity } from './remembered-identity'

type ClientOptions = Partial<Extract<CreateSdkOptions, { portals: unknown }>>

/** The SDK of this page, and who is signed in to it. */
export class Harness {
  readonly config: HarnessConfig
  readonly sdk: Sdk
  #identity: Identity | undefined

  private constructor(config: HarnessConfig, sdk: Sdk) {
    this.config = config
    this.sdk = sdk
  }

  /** Opens the SDK; nobody is signed in yet. @throws Error, SDKError */
  static async open(
    confirmNewIdentity: (address: string) => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<Harness> {
    const [config, { createSdk }] = await Promise.all([
      fetchConfig(signal),
      import('@s5-conversations/sdk-core'),
    ])
    const sdk = await createSdk({
      portals: [config.portalUrl],
      deviceStorage: localStorage,
      confirmNewIdentity: (address) => harness.#isOwnWallet() || confirmNewIdentity(address),
    })
    const harness = new Harness(config, sdk)
    return harness
  }

  /** By what the current identity signed in. */
  get identity(): Identity | undefined {
    return this.sdk.auth.getState().status === 'ready' ? this.#identity : undefined
  }

  /** @throws as `sdk.auth.signIn` */
  async signIn(identity: Identity): Promise<void> {
    this.#identity = identity
    await this.sdk.auth.signIn(toSignIn(identity))
    await rememberIdentity(identity)
  }

  /** Signs in who was signed in on this device before, if it can without asking anybody. */
  async signInAgain(): Promise<void> {
    const identity = await recallIdentity()
    if (identity !== undefined) await this.signIn(identity)
  }

  /** Signs out, and forgets on this device who it was. */
  async signOut(): Promise<void> {
    await this.sdk.auth.signOut()
    await forgetIdentity()
  }

  /**
   * Another client of who is signed in, like that of another device. Close it.
   * @throws Error where nobody is signed in, and as `createSdk`
   */
  async openAnotherClient(options: ClientOptions = {}): Promise<Sdk> {
    const { identity } = this
    if (identity === undefined) throw new Error('Nobody is signed in.')
    const { createSdk } = await import('@s5-conversations/sdk-core')
    const place = { portals: [this.config.portalUrl], deviceStorage: localStorage, local: false }
    return createSdk({ ...place, ...toSignIn(identity), ...options })
  }

  #isOwnWallet(): boolean {
    return this.#identity?.kind === 'development-wallet'
  }
}
