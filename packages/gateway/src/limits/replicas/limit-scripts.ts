import { RedisScript } from '../../redis/redis.ts'
import { SCRIPT_WORDS } from './script-words.ts'

/**
 * KEYS: what this replica said last, then one per counter. ARGV: JSON of [prefix, this replica, number of this message,
 * nano-dollars spent, second of the reservation, counters], a counter being [parallel slots and nano-dollars held,
 * requests, tokens, input and output tokens to add or give back, has a budget, seed, reset, set]. Gives what is spent of
 * each counter and the end of its period.
 */
export const SETTLE = new RedisScript(`${SCRIPT_WORDS}
local ask = cjson.decode(ARGV[1])
local mine, spent, taken = ask[1] .. ask[2], ask[4], ask[5]
rings = ask[1] .. 'ring:'
redis.call('SET', KEYS[1], ask[3], 'EX', 86400)
local counters = readAll()
local reply, holds, amounts = {}, {}, {}

for i, c in ipairs(ask[6]) do
  local key, have = KEYS[i + 1], counters[i]
  if c[1] ~= 0 or c[2] ~= 0 then
    holds[#holds + 1] = key
    amounts[#amounts + 1] = c
  end
  slide(key, have)
  local back
  for n = 1, 4 do
    local amount = c[2 + n]
    -- What is given back leaves the second it was taken in, what comes on top counts now.
    if amount > 0 then
      add(have, n, amount)
    elseif amount < 0 then
      back = back or {}
      back[n] = amount
    end
  end
  if back then giveBack(key, have, taken, back) end
  if c[7] == 1 then
    period(have, c[9], c[10], c[8])
    if spent > 0 then have.s, have.dirty = have.s + spent, true end
    reply[#reply + 1] = have.s
    reply[#reply + 1] = have.r
  else
    reply[#reply + 1] = 0
    reply[#reply + 1] = 0
  end
  save(key, have, c[7] == 1)
end
if #holds > 0 then
  local set, del = {}, {}
  for j, text in ipairs(redis.call('HMGET', mine, unpack(holds))) do
    if text then
      local p, h = struct.unpack(HELD, text)
      p, h = math.max(p - amounts[j][1], 0), math.max(h - amounts[j][2], 0)
      if p > 0 or h > 0 then
        set[#set + 1] = holds[j]
        set[#set + 1] = struct.pack(HELD, p, h)
      else
        del[#del + 1] = holds[j]
      end
    end
  end
  if #set > 0 then redis.call('HSET', mine, unpack(set)) end
  if #del > 0 then redis.call('HDEL', mine, unpack(del)) end
end
return reply
`)

/**
 * KEYS: replicas, mark of this data, what the replica said last under its old name. ARGV: prefix, new name, old name.
 * Gives the number of the last message that was taken in (-1: unknown) and the mark, which changes when data was lost.
 */
export const JOIN = new RedisScript(`${SCRIPT_WORDS}
redis.call('SET', KEYS[2], ARGV[2] .. ':' .. now, 'NX')
redis.call('ZREM', KEYS[1], ARGV[3])
redis.call('DEL', ARGV[1] .. ARGV[3])
redis.call('ZADD', KEYS[1], now, ARGV[2])
return {redis.call('GET', KEYS[3]) or '-1', redis.call('GET', KEYS[2])}
`)

/**
 * What a replica that was away tells. KEYS: what it said last, then one per counter. ARGV: JSON of [prefix, replica,
 * number of this message, lease, whether data was lost, counters], a counter being [parallel slots and nano-dollars held
 * now, requests, tokens, input, output, spent meanwhile, has a budget, seed, reset, set].
 */
export const RETELL = new RedisScript(`${SCRIPT_WORDS}
local ask = cjson.decode(ARGV[1])
local mine = ask[1] .. ask[2]
rings = ask[1] .. 'ring:'
redis.call('SET', KEYS[1], ask[3], 'EX', 86400)
local counters = readAll()
for i, c in ipairs(ask[6]) do
  local key, have = KEYS[i + 1], counters[i]
  slide(key, have)
  if c[1] > 0 or c[2] > 0 then redis.call('HSET', mine, key, struct.pack(HELD, c[1], c[2])) end
  for n = 1, 4 do
    if c[2 + n] > 0 then add(have, n, c[2 + n]) end
  end
  if c[8] == 1 then
    local missing = have.s == nil
    local fresh = period(have, c[10], c[11], c[9])
    if have.r == c[10] then
      if ask[5] == 1 then
        have.s = math.max(have.s, c[9])
      elseif not missing and not (fresh and have.s == c[9]) then
        have.s = have.s + c[7]
      end
    end
    have.dirty = true
  end
  save(key, have, c[8] == 1)
end
redis.call('PEXPIRE', mine, ask[4])
return 'OK'
`)

/**
 * KEYS: replicas. ARGV: prefix, replica, lease in ms. Gives how many replicas there are (-1
 * when this one's lease has ended), and how many of them were heard within three seconds.
 */
export const BEAT = new RedisScript(`${SCRIPT_WORDS}
local heard = redis.call('ZSCORE', KEYS[1], ARGV[2])
local lease = tonumber(ARGV[3])
if not heard or tonumber(heard) < now - lease then return {-1, 0} end
local mine = ARGV[1] .. ARGV[2]
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 600000)
redis.call('PEXPIRE', mine, lease)
return {
  redis.call('ZCOUNT', KEYS[1], now - lease, '+inf'),
  redis.call('ZCOUNT', KEYS[1], now - 3000, '+inf'),
}
`)
