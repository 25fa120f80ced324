// What the optional parts of the module cost, observing and limits: the same location in one nginx for each, and the same
// tools/call to all.
import { issuer, resource, sign } from './tokens.mjs';

const resourceHere = resource('/mcp');
const exporter = ({ collectorPort }, sample) => `mcp_trace_exporter http://127.0.0.1:${collectorPort}/v1/traces sample=${sample};`;
const format = "log_format mcp_audit escape=none '$mcp_audit';";
const observe = 'mcp_observe on;';
const toFile = ({ folder }, name) => `access_log ${folder}/${name}-audit.log mcp_audit buffer=64k flush=1s;`;
const toNowhere = 'access_log /dev/null mcp_audit;';
const metrics = 'location = /metrics { mcp_metrics; }';
const status = 'location = /status { mcp_status; }';

// Nobody reaches these.
const limit = (more = '') => `mcp_rate_limit rate=1000000r/s burst=1000000${more};`;

const everything = (sample) => (site, name) => ({
  title: `everything, spans of ${sample * 100} % of the requests`, http: format + exporter(site, sample), location: observe + toFile(site, name), server: metrics + status,
});

// Of each nginx: its title in the table, and what it adds to http, to server and to the location.
const ways = {
  silent: () => ({ title: 'the module, without options' }),
  observe: () => ({ title: 'mcp_observe', location: observe }),
  record: (site, name) => ({ title: 'mcp_observe, record to a file, buffer=64k', http: format, location: observe + toFile(site, name) }),
  recordNowhere: () => ({ title: 'mcp_observe, record to /dev/null', http: format, location: observe + toNowhere }),
  metrics: () => ({ title: 'mcp_observe, mcp_metrics', location: observe, server: metrics }),
  status: () => ({ title: 'mcp_observe, mcp_status', location: observe, server: status }),
  someSpans: (site) => ({ title: 'mcp_observe, spans of 1 % of the requests', http: exporter(site, 0.01), location: observe }),
  allSpans: (site) => ({ title: 'mcp_observe, spans of 100 % of the requests', http: exporter(site, 1), location: observe }),
  everything: everything(0.01),
  everythingTraced: everything(1),
  // What no limit can cost less than, since it has to tell of itself.
  fields: () => ({ group: 'limits', title: 'two constant header fields in the response, no limit', location: `add_header RateLimit-Policy '"subject";q=2000000;w=1'; add_header RateLimit '"subject";r=1999999;t=1';` }),
  limit: () => ({ group: 'limits', title: 'a limit by subject, in the zone', location: limit() }),
  limitsOfTools: () => ({ group: 'limits', title: 'three limits, one of a tool, in the zone', location: limit() + limit(' by=client') + limit(' tool=write_*') }),
  refusalLimit: () => ({ group: 'limits', title: 'mcp_refusal_limit', location: 'mcp_refusal_limit rate=1000r/m;' }),
  redis: ({ redisPort }) => ({ group: 'limits', title: 'a limit by subject, in Redis', http: `mcp_redis 127.0.0.1:${redisPort};`, location: limit() }),
};
const groupOf = (name) => ways[name]({}, name).group ?? 'observe';

const http = (name, toBackend) => (site) => {
  const way = ways[name](site, name);
  return `
    mcp_zone mcp 64m;
    mcp_authorization_server ${issuer};
    ${way.http ?? ''}
    server {
        listen 127.0.0.1:${site.port};
        location /mcp { mcp_resource ${resourceHere}; mcp_jwks ${site.folder}/keys.json; mcp_scope mcp:read; ${way.location ?? ''} ${toBackend} }
        ${way.server ?? ''}
    }`;
};

// As in `compared` of servers.mjs.
export const withOptions = (upstreams, toBackend) => Object.fromEntries(Object.keys(ways).map((name) => [name, {
  modules: ['ngx_http_mcp_resource_module'], http: (site) => upstreams(site.folder) + http(name, toBackend)(site),
}]));

// What has a goal is compared with bare nginx; what it adds to the module, with the module that does nothing more.
export function optionVariants(keys, request) {
  const variant = (server, more) => ({
    group: groupOf(server), server, name: ways[server]({}, server).title, request, tokens: () => [sign(keys.RS256, resourceHere)], ...more,
  });
  const ofBare = (server, reach) => variant(server, { baseline: 'POST 2025-11-25', reach });
  const ofSilent = (server, reach) => variant(server, { baseline: 'POST 2025-11-25', baselineServer: 'silent', reach });
  return [
    ofBare('silent'), ofBare('everything', 0.90), ofBare('everythingTraced'),
    ...Object.keys(ways).filter((name) => name !== 'silent').map((name) => ofSilent(name, ['everything', 'limit'].includes(name) ? 0.97 : undefined)),
  ];
}
