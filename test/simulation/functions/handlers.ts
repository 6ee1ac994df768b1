/** The functions that the world runs: the project's own handlers, built over the simulated composition root. */
export { handler as 'gateway-admin' } from '../../../lambdas/gateway-admin';
export { handler as guard } from '../../../lambdas/guard';
export { handler as redeem } from '../../../lambdas/redeem';
export { handler as register } from '../../../lambdas/register';
export { handler as replies } from '../../../lambdas/replies';
export { handler as rpc } from '../../../lambdas/rpc';
export { handler as socket } from '../../../lambdas/socket';
export { handler as status } from '../../../lambdas/status';
