/** The two SDK clients and nothing else: what a function's import time is compared with. */
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

export const dynamodb = new DynamoDBClient({});
export const management = new ApiGatewayManagementApiClient({});
/** Keeps the commands in the bundle. */
export const commands = [
  BatchGetItemCommand,
  DeleteItemCommand,
  GetConnectionCommand,
  GetItemCommand,
  PostToConnectionCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
];
