// A port that stays ours while the servers behind it come and go.
import net from 'node:net';

export async function openDoor() {
  let target;
  const server = net.createServer((client) => {
    const inside = net.connect(target, '127.0.0.1');
    for (const [from, to] of [[client, inside], [inside, client]]) from.on('error', () => to.destroy()).pipe(to);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: server.address().port, leadTo: (port) => { target = port; }, close: () => server.close() };
}
