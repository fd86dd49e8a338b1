export { createGateway, type Gateway } from './create-gateway'
export type { GatewayOptions } from './gateway-options'
export { type GatewayServer, type ServeOptions, serveGateway } from './serve-gateway'
