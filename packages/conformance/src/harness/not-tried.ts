/** Thrown by a case that finds it cannot be tried: what is under test does not do what it is about. */
export class NotTried extends Error {
  override name = 'NotTried';
}
