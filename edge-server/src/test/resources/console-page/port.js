import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {join, normalize} from 'node:path';
import {answers, snapshot} from './fixtures.js';

const TYPES = {html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml'};
const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * An operator port that says what a test wants: the page's own files, the live feed and the API of
 * docs/protocol/console.md. What was asked of it is kept in `asked`, actions in `acts`.
 */
export class Port {
  asked = [];
  acts = [];
  hellos = [];
  say = snapshot();
  welcome = {edge: 'edge-1', may_act: true, version: '1.2.3'};
  token = '';
  answers = {...answers};
  actAnswer = () => [200, {done: 'it is done'}];
  talks = true;
  refusing = false;
  #sockets = new Set();
  #server;
  #folder;
  #timer;

  static async open(folder) {
    const port = new Port();
    port.#folder = folder;
    port.#server = createServer((request, response) => port.#serve(request, response));
    port.#server.on('upgrade', (request, socket) => port.#upgrade(request, socket));
    await new Promise((done) => port.#server.listen(0, '127.0.0.1', done));
    port.url = `http://127.0.0.1:${port.#server.address().port}/console/`;
    port.#timer = setInterval(() => port.push(), 1000);
    return port;
  }

  /** Says something now to all who look. */
  push(said = this.say) {
    this.say = said;
    if (this.talks) {
      this.#sockets.forEach((socket) => socket.welcomed && send(socket, {snapshot: {...said, at: new Date().toISOString()}}));
    }
  }

  /** Cuts all connections of the feed, and refuses new ones while `refusing`. */
  cut() {
    this.#sockets.forEach((socket) => socket.destroy());
    this.#sockets.clear();
  }

  async close() {
    clearInterval(this.#timer);
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #serve(request, response) {
    const url = new URL(request.url, this.url);
    const path = url.pathname.replace(/^\/console\//, '');
    if (path.startsWith('api/')) {
      this.#answer(request, response, path.slice(4), Object.fromEntries(url.searchParams));
      return;
    }
    const file = path === '' ? 'index.html' : path;
    try {
      const body = await readFile(join(this.#folder, normalize(file)));
      response.writeHead(200, {'content-type': TYPES[file.split('.').at(-1)], 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache'});
      response.end(body);
    } catch {
      json(response, 404, {code: 'no_such_path', detail: 'there is nothing here'});
    }
  }

  async #answer(request, response, path, parameters) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const authorization = request.headers.authorization ?? '';
    this.asked.push({method: request.method, path, parameters, authorization});
    if (this.refusing) {
      request.socket.destroy();
    } else if (this.token && authorization !== `Bearer ${this.token}`) {
      json(response, 401, {code: 'unauthorized', detail: 'the token is not the one'});
    } else if (request.method === 'POST') {
      const body = Buffer.concat(chunks).toString();
      this.acts.push({path, body, type: request.headers['content-type']});
      json(response, ...await this.actAnswer(path, body));
    } else if (this.answers[path]) {
      json(response, 200, await this.answers[path](parameters));
    } else {
      json(response, 404, {code: 'no_such_path', detail: 'there is nothing here'});
    }
  }

  #upgrade(request, socket) {
    socket.on('error', () => {});
    if (this.refusing || request.url !== '/console/live') {
      socket.destroy();
      return;
    }
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('data', (data) => this.#onFrame(socket, data));
    socket.on('close', () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
  }

  /** The client says one short thing: its hello. */
  #onFrame(socket, data) {
    if ((data[0] & 0x0f) !== 1 || socket.welcomed) {
      if ((data[0] & 0x0f) === 8) {
        socket.end();
      }
      return;
    }
    const mask = data.subarray(2, 6);
    const length = data[1] & 0x7f;
    const text = Buffer.from(data.subarray(6, 6 + length).map((byte, i) => byte ^ mask[i % 4])).toString();
    const {hello} = JSON.parse(text);
    this.hellos.push(hello);
    if (this.token && hello.token !== this.token) {
      closeWith(socket, 1008, 'unauthorized');
      return;
    }
    socket.welcomed = true;
    send(socket, {welcome: this.welcome});
    if (this.talks) {
      send(socket, {snapshot: {...this.say, at: new Date().toISOString()}});
    }
  }
}

function json(response, status, body) {
  response.writeHead(status, {'content-type': status < 300 ? 'application/json' : 'application/problem+json'});
  response.end(JSON.stringify(body));
}

function send(socket, message) {
  const body = Buffer.from(JSON.stringify(message));
  const head = body.length < 126 ? Buffer.from([0x81, body.length])
    : body.length < 65_536 ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
      : Buffer.from([0x81, 127, 0, 0, 0, 0, body.length >>> 24, (body.length >>> 16) & 255, (body.length >>> 8) & 255, body.length & 255]);
  socket.write(Buffer.concat([head, body]));
}

function closeWith(socket, code, reason) {
  const body = Buffer.from(reason);
  socket.end(Buffer.concat([Buffer.from([0x88, body.length + 2, code >> 8, code & 255]), body]));
}
