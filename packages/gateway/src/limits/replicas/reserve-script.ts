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
local gens = redis.call('ZRANGEBYSCORE', KEYS[1], now - lease, '+inf')
local known = false
for _, gen in ipairs(gens) do if gen == me then known = true end end
if not known then return {-1} end
local allHeard = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. (now - 3000)) == 0
local holds, at, counters = {}, {}, {}
for i, c in ipairs(list) do
  local key = KEYS[i + 1]
  local have = read(key, second % 60)
  for j, rate in ipairs(RATES) do have[rate] = window(key, have, j) end
  have.p, have.h = 0, 0
  if c[9] >= 0 then
    have.fresh = period(have, c[11], c[12], c[10])
    if allHeard and c[13] > have.s and have.r == c[11] and have.a == c[12] then have.s, have.fresh = c[13], true end
    holds[#holds + 1] = 'h' .. key
    at[#at + 1] = {i, 'h'}
  end
  if c[5] >= 0 then holds[#holds + 1] = 'p' .. key at[#at + 1] = {i, 'p'} end
  counters[i] = have
end
local mine = {}
if #holds > 0 then
  for _, gen in ipairs(gens) do
    local got = redis.call('HMGET', prefix .. gen, unpack(holds))
    if gen == me then mine = got end
    for j, amount in ipairs(got) do
      if amount then
        local c = counters[at[j][1]]
        c[at[j][2]] = c[at[j][2]] + tonumber(amount)
      end
    end
  end
end

local function answer(granted, counter, limit, waitMs)
  local reply = {granted, counter, limit, waitMs, #gens, second}
  for _, c in ipairs(counters) do
    for _, rate in ipairs(RATES) do reply[#reply + 1] = c[rate].sum end
    reply[#reply + 1] = c.p
    reply[#reply + 1] = c.s or 0
    reply[#reply + 1] = c.h
    reply[#reply + 1] = c.r
  end
  return reply
end

local function saturation(c, limits)
  local most = 0
  for i, rate in ipairs(RATES) do
    if limits[i] > 0 then most = math.max(most, c[rate].sum / limits[i]) end
  end
  return most
end

if mode == 2 then return answer(1, 0, 0, 0) end
local function taken(c, i) if i == 1 then return 1 end return c[4 + i] end
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
    for j, rate in ipairs(RATES) do
      local limit = c[j]
      if strict and limit >= 0 then
        local amount = taken(c, j)
        if limit == 0 then return answer(0, i, 3 + j, -1) end
        local excess = have[rate].sum + amount - limit
        if excess > 0 then return answer(0, i, 3 + j, wait(KEYS[i + 1], have[rate], excess)) end
      end
    end
  end
end
for i, c in ipairs(list) do
  local key, have = KEYS[i + 1], counters[i]
  for j, rate in ipairs(RATES) do
    if c[j] >= 0 and taken(c, j) > 0 then add(key, have, have[rate], second, taken(c, j)) end
  end
  if have.fresh then keep(have) end
  save(key, have, c[9] >= 0)
end
local set = {}
for j, field in ipairs(holds) do
  local c, what = counters[at[j][1]], at[j][2]
  local amount = what == 'p' and 1 or math.max(worst, 0)
  if amount > 0 then
    c[what] = c[what] + amount
    set[#set + 1] = field
    set[#set + 1] = string.format('%.0f', tonumber(mine[j] or '0') + amount)
  end
end
if #set > 0 then
  redis.call('HSET', prefix .. me, unpack(set))
  redis.call('PEXPIRE', prefix .. me, lease)
end
return answer(1, 0, 0, 0)
`)
