/*
 * An application for the conversations of docs/protocol/conversations: reads what it is asked from
 * its input and writes what it is told to its output, one JSON object on a line, and {"done":true}
 * when it has asked for what it was asked. Its argument is the edge's address.
 */
import {createInterface} from 'node:readline';
import {connect} from '../tailrace.js';

const TRANSPORTS = {websocket: 'websocket', sse: 'stream', poll: 'poll'};
const [, , origin] = process.argv;

let client;
let token;
const subscriptions = new Map();

const tell = (what) => console.log(JSON.stringify(what));
const tellError = ({code, channel}) => tell({error: {code, channel}});
const options = {onGap: undefined, onError: tellError};
const onEvent = (event) => tell({event});
const subscribe = (channel) => subscriptions.set(channel, client.subscribe(channel, onEvent, options));

const commands = {
  connect({transport, token: first, channels = [], personal, cursor}) {
    token = first;
    client = connect(origin, {
      token: () => token,
      cursor,
      transports: [TRANSPORTS[transport]],
      locate: false,
      onGap: (gap) => tell({gap}),
      onError: tellError,
      onState: ({state, error}) => {
        tell({state});
        if (error) {
          tellError(error);
        }
      },
    });
    channels.forEach(subscribe);
    if (personal) {
      client.personal(onEvent, options);
    }
  },
  token(next) {
    token = next;
  },
  subscribe: ({channel}) => subscribe(channel),
  unsubscribe: ({channel}) => subscriptions.get(channel).unsubscribe(),
  publish: ({channels, data, ...more}) =>
    client.publish({channels}, data, more).then((id) => tell({published: id}), tellError),
  close: () => client.close(),
};

for await (const line of createInterface({input: process.stdin})) {
  Object.entries(JSON.parse(line)).forEach(([name, argument]) => commands[name](argument));
  tell({done: true});
}
client?.close();
