import {Kafka} from 'kafkajs';
import protobuf from 'protobufjs';

const [brokers = '127.0.0.1:9092', proto = 'event.proto'] = process.argv.slice(2);
const Event = (await protobuf.load(proto)).lookupType('tailrace.v1.Event');
const event = {
  channels: ['scores'],
  type: 'goal',
  data: Buffer.from(JSON.stringify({home: 1, by: 'node'})),
};

const producer = new Kafka({brokers: brokers.split(',')}).producer();
await producer.connect();
await producer.send({
  topic: 'tailrace.events',
  messages: [{key: 'scores', value: Buffer.from(Event.encode(event).finish())}],
});
await producer.disconnect();
