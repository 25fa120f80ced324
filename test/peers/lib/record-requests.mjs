// Preloaded (node --import) into packaged servers: prints the headers of every request as they arrived, one JSON line each.
import http from 'node:http';

const { emit } = http.Server.prototype;
http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') console.log(JSON.stringify({ method: args[0].method, headers: args[0].headers }));
  return emit.call(this, event, ...args);
};
