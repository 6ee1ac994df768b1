/**
 * The SDK's commands of DynamoDB, with rows as plain values: what the client makes of them stands in `plain-rows.ts`. The
 * commands of the SDK's document client do the same, and have the whole stack of middleware made anew for each (ADR 0098).
 */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand as QueryItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type * as Plain from '@aws-sdk/lib-dynamodb';

/** A command whose input and output hold plain values. */
export interface PlainCommand<Input, Output> {
  readonly input: Input;
  /** Of the type only: what the command gives. */
  readonly output?: Output;
}

/** Of a class of commands: the same with plain values. */
type Of<Input, Output> = new (input: Input) => PlainCommand<Input, Output>;

const plain = <Input, Output>(command: new (input: never) => { readonly input: object }) =>
  command as unknown as Of<Input, Output>;

export const GetCommand = plain<Plain.GetCommandInput, Plain.GetCommandOutput>(GetItemCommand);
export const PutCommand = plain<Plain.PutCommandInput, Plain.PutCommandOutput>(PutItemCommand);
export const UpdateCommand = plain<Plain.UpdateCommandInput, Plain.UpdateCommandOutput>(UpdateItemCommand);
export const DeleteCommand = plain<Plain.DeleteCommandInput, Plain.DeleteCommandOutput>(DeleteItemCommand);
export const QueryCommand = plain<Plain.QueryCommandInput, Plain.QueryCommandOutput>(QueryItemsCommand);
export const BatchGetCommand = plain<Plain.BatchGetCommandInput, Plain.BatchGetCommandOutput>(
  BatchGetItemCommand,
);
export const BatchWriteCommand = plain<Plain.BatchWriteCommandInput, Plain.BatchWriteCommandOutput>(
  BatchWriteItemCommand,
);
export const TransactWriteCommand = plain<Plain.TransactWriteCommandInput, Plain.TransactWriteCommandOutput>(
  TransactWriteItemsCommand,
);
