/* What tests let the client do, in a browser and in Node: all that it tells goes to `tell`. */
import {connect} from './tailrace.js';

export function follow(origin, options, channels, tell) {
  const client = connect(origin, {
    ...options,
    transports: options.transports?.split(','),
    onState: ({state, transport, error}) => tell('state', {state, transport, error: error?.code}),
    onGap: (gap) => tell('gap', gap),
    onError: ({code, message}) => tell('error', {code, message}),
  });
  const take = (event) => tell('event', event);
  ['$broadcast', ...channels].forEach((channel) => client.subscribe(channel, take));
  client.personal(take);
  return client;
}
