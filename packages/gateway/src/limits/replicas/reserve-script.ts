import { RedisScript } from '../../redis/redis.ts'
import { SCRIPT_WORDS } from './script-words.ts'

/**
 * KEYS: replicas, then one per counter. ARGV: JSON of [prefix of the replicas' hashes, this replica, lease in ms, mode,
 * worst case, counters]. Mode 0 takes from all or from none, 1 takes in any case, 2 only looks. A counter is [rpm, tpm,
 * input, output and parallel limit, tokens, input and output tokens asked, budget, seed, reset, set, known spend, strict
 * from]; -1 stands for none. Gives [granted, counter, limit, wait, replicas, second], then of each counter requests,
 * tokens, input, output, parallel, spent, held and reset; [-1] when the replica is not known.
 */
export const RESERVE = new RedisScript(`${SCRIPT_WORDS}
local ask = cjson.decode(ARGV[1])
local prefix, me, lease, mode, worst, list = ask[1], ask[2], ask[3], ask[4], ask[5], ask[6]
rings = prefix .. 'ring:'
local gens, known, allHeard = {}, false, true
local heard = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #heard, 2 do
  local gen, at = heard[i], tonumber(heard[i + 1])
  if at < now - 3000 then allHeard = false end
  if at >= now - lease then gens[#gens + 1] = gen end
  if gen == me and at >= now - lease then known = true end
end
if not known then return {-1} end
local counters = readAll()
local holds, owners = {}, {}
for i, c in ipairs(list) do
  local key, have = KEYS[i + 1], counters[i]
  slide(key, have)
  have.p, have.h, have.mineP, have.mineH = 0, 0, 0, 0
  if c[9] >= 0 then
    period(have, c[11], c[12], c[10])
    if allHeard and c[13] > have.s and have.r == c[11] and have.a == c[12] then have.s, have.dirty = c[13], true end
  end
  if c[9] >= 0 or c[5] >= 0 then
    holds[#holds + 1] = key
    owners[#owners + 1] = have
  end
end
if #holds > 0 then
  for _, gen in ipairs(gens) do
    for j, text in ipairs(redis.call('HMGET', prefix .. gen, unpack(holds))) do
      if text then
        local have = owners[j]
        local p, h = struct.unpack(HELD, text)
        have.p, have.h = have.p + p, have.h + h
        if gen == me then have.mineP, have.mineH = p, h end
      end
    end
  end
end

local function answer(granted, counter, limit, waitMs)
  local reply = {granted, counter, limit, waitMs, #gens, second}
  local at = 6
  for _, c in ipairs(counters) do
    local sum = c.sum
    reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = sum[1], sum[2], sum[3], sum[4]
    reply[at + 5], reply[at + 6], reply[at + 7], reply[at + 8] = c.p, c.s or 0, c.h, c.r
    at = at + 8
  end
  return reply
end

local function saturation(c, limits)
  local most = 0
  for n = 1, 4 do
    if limits[n] > 0 then most = math.max(most, c.sum[n] / limits[n]) end
  end
  return most
end

if mode == 2 then return answer(1, 0, 0, 0) end
local function taken(c, n) if n == 1 then return 1 end return c[4 + n] end
if mode == 0 then
  if worst ~= 0 then
    for i, c in ipairs(list) do
      local have = counters[i]
      if c[9] >= 0 then
        if have.s >= c[9] then return answer(0, i, 1, 0) end
        if worst > 0 and have.h > 0 and have.s + have.h + worst > c[9] then return answer(0, i, 2, 0) end
      end
    end
  end
  for i, c in ipairs(list) do
    local have = counters[i]
    if c[5] >= 0 and have.p >= c[5] then return answer(0, i, 3, -1) end
    local strict = c[14] < 0 or i == 1 or saturation(counters[i - 1], list[i - 1]) >= c[14]
    for n = 1, 4 do
      local limit = c[n]
      if strict and limit >= 0 then
        local amount = taken(c, n)
        if limit == 0 then return answer(0, i, 3 + n, -1) end
        local excess = have.sum[n] + amount - limit
        if excess > 0 then return answer(0, i, 3 + n, wait(KEYS[i + 1], have, n, excess)) end
      end
    end
  end
end
local set, money = {}, math.max(worst, 0)
for i, c in ipairs(list) do
  local key, have = KEYS[i + 1], counters[i]
  for n = 1, 4 do
    if c[n] >= 0 and taken(c, n) > 0 then add(have, n, taken(c, n)) end
  end
  save(key, have, c[9] >= 0)
  local p, h = c[5] >= 0 and 1 or 0, c[9] >= 0 and money or 0
  if p > 0 or h > 0 then
    have.p, have.h = have.p + p, have.h + h
    set[#set + 1] = key
    set[#set + 1] = struct.pack(HELD, have.mineP + p, have.mineH + h)
  end
end
if #set > 0 and redis.call('HSET', prefix .. me, unpack(set)) > 0 then
  redis.call('PEXPIRE', prefix .. me, lease)
end
return answer(1, 0, 0, 0)
`)
