import {randomUUID} from 'node:crypto';
import {Kafka} from 'kafkajs';

const [brokers = '127.0.0.1:9092'] = process.argv.slice(2);
const data = JSON.stringify({home: 1, by: 'node'});

const binary = {
  key: 'scores',
  headers: {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/stadium/7',
    ce_type: 'com.example.goal',
    ce_tailracechannel: 'scores',
    'content-type': 'application/json',
  },
  value: data,
};

const structured = {
  key: 'scores',
  headers: {'content-type': 'application/cloudevents+json; charset=UTF-8'},
  value: JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    source: '/stadium/7',
    type: 'com.example.goal',
    tailracechannel: 'scores',
    datacontenttype: 'application/json',
    data: {home: 2, by: 'node'},
  }),
};

const producer = new Kafka({brokers: brokers.split(',')}).producer();
await producer.connect();
await producer.send({topic: 'tailrace.events', messages: [binary, structured]});
await producer.disconnect();
