export { createGatewayStore, type GatewayStoreOptions } from './client/gateway-store'
