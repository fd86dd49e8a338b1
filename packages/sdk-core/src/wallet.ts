export {
  type DiscoveredWallet,
  discoverWallets,
  type WalletDiscovery,
  type WalletInfo,
} from './auth/injected-wallets'
