/** What changes in the row of a call before its end: each one conditional write, for this very call while it is pending. */
import type { CallStore, Turn } from '../../core/call/ports';
import { type CallRef, withdrawn } from '../../core/call/states';
import { limits } from '../../core/wire/limits';
import { DeleteCommand, UpdateCommand } from '../dynamo/commands';
import { conditionally, type DynamoClient, type Row } from '../dynamo/dynamo';
import { stateOfRow, textOfListener } from './call-row';

/** This very call, still pending. */
const isPending = 'nonce = :nonce AND attribute_not_exists(outcome)';

/** Nobody has the turn, or whoever had it is late, or it is this very write, whose first answer was lost. */
const turnIsFree = ' AND (attribute_not_exists(turnUntil) OR turnUntil < :now OR turn = :turn)';

function valuesOfTurn({ holder, untilMs }: Turn, nowMs: number): Row {
  return { ':none': -1, ':turn': holder, ':until': untilMs, ':now': nowMs };
}

/** The part of a `CallStore` that changes pending calls. */
export function pendingRows(
  client: DynamoClient,
  TableName: string,
): Pick<
  CallStore,
  'sentTo' | 'unreached' | 'handedOut' | 'discard' | 'listen' | 'takeTurn' | 'giveTurnBack' | 'withdraw'
> {
  const keyOf = ({ callKey }: CallRef) => ({ TableName, Key: { callKey, item: 'call' } });
  const update = async (
    ref: CallRef,
    expression: string,
    values: Row,
    condition = '',
  ): Promise<{ row: Row } | { standing?: Row }> => {
    const updating = client.send(
      new UpdateCommand({
        ...keyOf(ref),
        UpdateExpression: expression,
        ConditionExpression: isPending + condition,
        ExpressionAttributeValues: { ':nonce': ref.nonce, ...values },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    const written = await conditionally(updating);
    return written === 'done' ? { row: (await updating).Attributes! } : written;
  };
  return {
    async sentTo(ref, connectionId, by) {
      const values = { ':socket': connectionId, ...(by === undefined ? {} : { ':by': by }) };
      const written =
        by === undefined
          ? await update(ref, 'SET sentTo = :socket', values)
          : await update(
              ref,
              'SET sentTo = :socket, sentBy = :by',
              values,
              // Nobody has, or it is this very write, whose first answer was lost.
              ' AND (attribute_not_exists(sentTo) OR sentBy = :by)',
            );
      return 'row' in written ? 'noted' : 'ended';
    },
    async unreached(ref) {
      await update(ref, 'SET unreached = :true', { ':true': true });
    },
    async handedOut(ref) {
      const written = await update(ref, 'SET sentBy = :runtime', { ':runtime': 'runtime' });
      return 'row' in written ? 'noted' : 'ended';
    },
    async discard(ref) {
      const written = await conditionally(
        client.send(
          new DeleteCommand({
            ...keyOf(ref),
            ConditionExpression: `${isPending} AND attribute_not_exists(sentBy)`,
            ExpressionAttributeValues: { ':nonce': ref.nonce },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return written === 'done' || written.standing?.nonce !== ref.nonce ? 'discarded' : 'kept';
    },
    async listen(ref, { listener, id, turn }, nowMs) {
      const text = textOfListener(listener);
      const written = await update(
        ref,
        'SET id = :id, told = if_not_exists(told, :none), turn = :turn, turnUntil = :until ADD listeners :new',
        {
          ...valuesOfTurn(turn, nowMs),
          ':id': id,
          ':new': new Set([text]),
          ':text': text,
          ':max': limits.maxListeners,
        },
        // There is room, or it listens already.
        `${turnIsFree} AND (attribute_not_exists(listeners) OR size(listeners) < :max OR contains(listeners, :text))`,
      );
      if ('row' in written) return { listening: stateOfRow(written.row) };
      return written.standing ? { refused: stateOfRow(written.standing) } : {};
    },
    async takeTurn(ref, turn, nowMs) {
      const written = await update(
        ref,
        'SET told = if_not_exists(told, :none), turn = :turn, turnUntil = :until',
        valuesOfTurn(turn, nowMs),
        turnIsFree,
      );
      return 'row' in written ? stateOfRow(written.row) : undefined;
    },
    async giveTurnBack(ref, holder, told) {
      // A call that ended meanwhile gets it back as well: whoever ended it waits for that.
      const given = await conditionally(
        client.send(
          new UpdateCommand({
            ...keyOf(ref),
            UpdateExpression: 'SET told = :told REMOVE turn, turnUntil',
            ConditionExpression: 'nonce = :nonce AND turn = :turn',
            ExpressionAttributeValues: { ':nonce': ref.nonce, ':turn': holder, ':told': told },
          }),
        ),
      );
      return given === 'done' ? 'given-back' : 'lost';
    },
    async withdraw(ref, from) {
      if (from.length === 0) return;
      const sockets = Object.fromEntries(from.map((id, n) => [`:s${n}`, id]));
      await update(
        ref,
        'SET sentTo = :nobody',
        { ':nobody': withdrawn, ...sockets },
        // Addressed to one of these sockets.
        ` AND sentTo IN (${Object.keys(sockets).join(', ')})`,
      );
    },
  };
}
