/* Node: what is told goes out line by line, and each line that comes in is a method of the client. */
import {createInterface} from 'node:readline';
import {follow} from './follow.js';

const [origin, options, channels] = process.argv.slice(2);
const tell = (kind, body) => console.log(`${kind}\t${JSON.stringify(body)}`);
const client = follow(origin, JSON.parse(options), JSON.parse(channels), tell);
createInterface({input: process.stdin}).on('line', (method) => client[method]());
process.on('unhandledRejection', (error) => tell('unhandled', String(error)));
