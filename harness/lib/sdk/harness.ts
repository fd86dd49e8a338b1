import type { CreateSdkOptions, Sdk } from '@s5-conversations/sdk-core'
import { fetchConfig, type HarnessConfig } from '../config'
import { type Identity, toSignIn } from './identity'

type ClientOptions = Partial<Extract<CreateSdkOptions, { portals: unknown }>>

/** The SDK of this page, for one identity. */
export class Harness {
  readonly config: HarnessConfig
  readonly identity: Identity
  readonly sdk: Sdk

  private constructor(config: HarnessConfig, identity: Identity, sdk: Sdk) {
    this.config = config
    this.identity = identity
    this.sdk = sdk
  }

  /**
   * Signs in. `confirmNewIdentity` is asked whether a wallet is new of which the portal knows nothing.
   * @throws as `createSdk`, and Error where the harness's own server does not answer
   */
  static async open(
    identity: Identity,
    confirmNewIdentity: (address: string) => Promise<boolean>,
  ): Promise<Harness> {
    const config = await fetchConfig()
    const sdk = await openClient(config, identity, { confirmNewIdentity })
    return new Harness(config, identity, sdk)
  }

  /** The address of the wallet, with its checksum; a phrase has none. */
  get address(): string | undefined {
    const state = this.sdk.auth.getState()
    return state.status === 'ready' ? state.address : undefined
  }

  /** Another client of the same identity, like that of another device. Close it. @throws as `createSdk` */
  openAnotherClient(options: ClientOptions = {}): Promise<Sdk> {
    return openClient(this.config, this.identity, {
      local: false,
      confirmNewIdentity: () => true,
      ...options,
    })
  }
}

async function openClient(config: HarnessConfig, identity: Identity, options: ClientOptions): Promise<Sdk> {
  const { createSdk } = await import('@s5-conversations/sdk-core')
  const place = { portals: [config.portalUrl], deviceStorage: localStorage }
  return createSdk({ ...place, ...toSignIn(identity), ...options })
}
