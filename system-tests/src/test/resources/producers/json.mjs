import {Kafka} from 'kafkajs';

const [brokers = '127.0.0.1:9092'] = process.argv.slice(2);
const goal = {
  key: 'scores',
  headers: {
    'tailrace-channel': 'scores',
    'tailrace-user': ['42', '43'],
    'tailrace-type': 'goal',
    'content-type': 'application/json',
  },
  value: JSON.stringify({home: 1, by: 'node'}),
};

const producer = new Kafka({brokers: brokers.split(',')}).producer();
await producer.connect();
await producer.send({topic: 'tailrace.events', messages: [goal]});
await producer.disconnect();
