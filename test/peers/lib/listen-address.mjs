// Where a server listens that is reached by this name: on loopback, or, in a container, on every interface.
export const listenAddress = (host) => (host === '127.0.0.1' ? host : '0.0.0.0');
