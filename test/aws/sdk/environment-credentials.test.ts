import { defaultProvider } from '../../../lambdas/aws/sdk/environment-credentials';
import { eventStreamSerdeProvider } from '../../../lambdas/aws/sdk/no-event-streams';

const before = process.env;
afterEach(() => {
  process.env = before;
});

test("a function's credentials are those that Lambda put into its environment", async () => {
  process.env = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
  expect(await defaultProvider()()).toEqual({
    accessKeyId: 'key',
    secretAccessKey: 'secret',
    sessionToken: 'session',
  });
});

test('a bundle that runs without credentials says which variables are missing', async () => {
  process.env = { AWS_ACCESS_KEY_ID: 'key' };
  await expect(defaultProvider()()).rejects.toThrow(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
});

test('an operation with an event stream is refused with the place where to change it', () => {
  expect(() => eventStreamSerdeProvider()).toThrow(/lib\/functions\/function-bundle\.ts/);
});
