import { edgeProofHeader, env, viewerAddressHeader, viewerHostHeader } from '../../../lambdas/aws/env';
import { hostOf, sourceIpOf } from '../../../lambdas/aws/http/source-ip';

const proof = 'what only the edge knows';
const seen = '130.176.0.1';

function caller(headers: Record<string, string> | null) {
  return { headers, requestContext: { identity: { sourceIp: seen } } };
}

beforeEach(() => {
  process.env[env.edgeProof] = proof;
});
afterAll(() => {
  delete process.env[env.edgeProof];
});

test.each(['203.0.113.7', '2001:db8::7'])('the proven edge is believed on the address %s', (address) => {
  expect(sourceIpOf(caller({ [edgeProofHeader]: proof, [viewerAddressHeader]: address }))).toBe(address);
});

test('header names count in any case', () => {
  const headers = { 'X-AgentTown-Edge-Proof': proof, 'X-AgentTown-Viewer-Address': '203.0.113.7' };
  expect(sourceIpOf(caller(headers))).toBe('203.0.113.7');
});

test.each<[string, Record<string, string> | null]>([
  ['no headers', null],
  ['no proof', { [viewerAddressHeader]: '203.0.113.7' }],
  ['a wrong proof', { [edgeProofHeader]: 'a guess', [viewerAddressHeader]: '203.0.113.7' }],
  ['an empty proof', { [edgeProofHeader]: '', [viewerAddressHeader]: '203.0.113.7' }],
  ['a proof without an address', { [edgeProofHeader]: proof }],
  ['a proof with nonsense for an address', { [edgeProofHeader]: proof, [viewerAddressHeader]: 'here' }],
  ['another forwarding header', { 'x-forwarded-for': '203.0.113.7', [edgeProofHeader]: 'a guess' }],
])('with %s the address is the one that API Gateway saw', (_, headers) => {
  expect(sourceIpOf(caller(headers))).toBe(seen);
});

test('without an edge no header is believed, not even an empty proof', () => {
  delete process.env[env.edgeProof];
  expect(sourceIpOf(caller({ [edgeProofHeader]: '', [viewerAddressHeader]: '203.0.113.7' }))).toBe(seen);
});

test("the host that the caller asked for is the proven edge's word, else what was asked of API Gateway", () => {
  const headers = { Host: 'api.example', [viewerHostHeader]: 'edge.example' };
  expect(hostOf(caller({ ...headers, [edgeProofHeader]: proof }))).toBe('edge.example');
  expect(hostOf(caller({ ...headers, [edgeProofHeader]: 'a guess' }))).toBe('api.example');
});
