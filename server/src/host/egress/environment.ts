// What programs in a sandbox must know to find the proxy and to trust it, each by the variable that it reads.
import { existsSync, readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** The port on the sandbox's own 127.0.0.1. */
export const doorPort = 3128;

/** Where systems keep the authorities that they trust. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** PEM of the authorities of this machine; those of the runtime where it has none. */
export function systemAuthorities(): string {
  const found = bundles.find((path) => existsSync(path));
  return found === undefined ? rootCertificates.join("\n") : readFileSync(found, "utf8");
}

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
const npmProxyNames = ["npm_config_proxy", "npm_config_https_proxy"];
const authorityNames = [
  ...["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"],
  ...["npm_config_cafile", "AWS_CA_BUNDLE", "CARGO_HTTP_CAINFO", "DENO_CERT", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE"],
];
/** The sandbox's own loopback, and nothing else, is reached without the proxy. */
const ownHosts = "localhost,127.0.0.1,::1";

export function doorEnvironment(token: string, authority: string): Readonly<Record<string, string>> {
  const proxy = `http://homarus:${token}@127.0.0.1:${doorPort}`;
  return Object.fromEntries([
    ...[...proxyNames, ...npmProxyNames].map((name) => [name, proxy]),
    ...authorityNames.map((name) => [name, authority]),
    ...["NO_PROXY", "no_proxy", "npm_config_noproxy"].map((name) => [name, ownHosts]),
    ["NODE_USE_ENV_PROXY", "1"],
    ["GIT_HTTP_PROXY_AUTHMETHOD", "basic"],
  ]);
}
