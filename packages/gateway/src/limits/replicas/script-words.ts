/**
 * What replicas count together. One string per counter, of numbers packed as they are: what is spent and its period (`s`
 * spent, `r` end of the period, `a` when it was set by hand, `b` end of the period before), when its end was put off
 * (`e`), and of requests, tokens, input and output the sum of the window and what its newest second `n` has of it; seconds
 * before that lie in a ring beside it. One hash per replica with the slots and the money that its calls in flight hold,
 * one sorted set of replicas by the millisecond they were last heard. A call that finds nothing new reads all its counters
 * with one command and writes each with one. Time is Redis's. Money is whole nano-dollars, exact to 2^53 of them (nine
 * million dollars) in one period.
 */
export const SCRIPT_WORDS = `
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)
local COUNTER = '<' .. string.rep('d', 15)
local SECOND = '<ddddd'
local HELD = '<dd'
-- Where rings are: names of counters hold anything, so none may pass for one.
local rings

-- What is stored of the counters whose keys come after the first.
local function readAll()
  local all = {}
  if #KEYS < 2 then return all end
  for i, text in ipairs(redis.call('MGET', unpack(KEYS, 2))) do
    local c = {sum = {0, 0, 0, 0}, part = {0, 0, 0, 0}, r = 0, a = 0, b = 0, e = 0, n = 0}
    if text then
      local sum, part, hasMoney = c.sum, c.part, nil
      hasMoney, c.s, c.r, c.a, c.b, c.e, c.n, sum[1], sum[2], sum[3], sum[4], part[1], part[2], part[3], part[4] =
        struct.unpack(COUNTER, text)
      if hasMoney == 0 then c.s = nil end
    end
    all[i] = c
  end
  return all
end

-- The windows as they stand at this second. The second that was the newest is put into the ring when it is written.
local function slide(key, c)
  if second <= c.n then return end
  local sum, from = c.sum, c.n
  c.n = second
  if second - from >= 60 then
    c.sum, c.part = {0, 0, 0, 0}, {0, 0, 0, 0}
    return
  end
  c.before, c.put = from, c.part
  c.part = {0, 0, 0, 0}
  if sum[1] == 0 and sum[2] == 0 and sum[3] == 0 and sum[4] == 0 then return end
  local names = {}
  for at = from - 59, second - 60 do names[#names + 1] = at % 60 end
  for i, text in ipairs(redis.call('HMGET', rings .. key, unpack(names))) do
    if text then
      local at, q, t, input, output = struct.unpack(SECOND, text)
      if at == from - 60 + i then
        sum[1], sum[2], sum[3], sum[4] = sum[1] - q, sum[2] - t, sum[3] - input, sum[4] - output
      end
    end
  end
end

-- Adds to the n-th window at this second.
local function add(c, n, amount)
  c.sum[n] = c.sum[n] + amount
  c.part[n] = c.part[n] + amount
  c.dirty = true
end

-- What the ring holds of one second.
local function partOf(text, at)
  if text then
    local stored, q, t, input, output = struct.unpack(SECOND, text)
    if stored == at then return {q, t, input, output} end
  end
  return {0, 0, 0, 0}
end

-- Takes amounts out of the second they were counted in.
local function giveBack(key, c, at, amounts)
  if at <= c.n - 60 then return end
  local part, isStored
  if at >= c.n then part = c.part
  elseif at == c.before then part = c.put
  else part, isStored = partOf(redis.call('HGET', rings .. key, at % 60), at), true end
  for n, amount in pairs(amounts) do
    if c.sum[n] + amount >= 0 then
      c.sum[n] = c.sum[n] + amount
      part[n] = part[n] + amount
    end
  end
  if isStored then redis.call('HSET', rings .. key, at % 60, struct.pack(SECOND, at, unpack(part))) end
  c.dirty = true
end

-- Milliseconds until so much leaves the n-th window.
local function wait(key, c, n, excess)
  local names = {}
  for at = c.n - 59, c.n - 1 do names[#names + 1] = at % 60 end
  for i, text in ipairs(redis.call('HMGET', rings .. key, unpack(names))) do
    local at = c.n - 60 + i
    local part = at == c.before and c.put or partOf(text, at)
    excess = excess - part[n]
    if excess <= 0 then return (at + 60) * 1000 - now end
  end
  if excess <= c.part[n] then return (c.n + 60) * 1000 - now end
  return 60000
end

-- The money of a counter: which period it is in, by what is stored and what the replica knows. Gives true when it starts anew.
-- Clocks differ: who is a minute ahead may end a period, and who is behind then still names the one that has ended.
local function period(c, resetAt, setAt, seed)
  if c.s == nil or setAt > c.a then
    c.s, c.r, c.a, c.dirty = seed, resetAt, setAt, true
    return true
  end
  if setAt < c.a or resetAt == c.r or (c.b > 0 and resetAt == c.b) then return false end
  local isOver = c.r > 0 and c.r <= now + (resetAt > c.r and 60000 or 0)
  if isOver and (resetAt == 0 or resetAt > c.r) then
    c.s, c.r, c.b, c.dirty = seed, resetAt, c.r, true
    return true
  end
  if resetAt == 0 or resetAt > now then c.r, c.dirty = resetAt, true return true end
  return false
end

-- Writes what changed, and sees that a counter in use does not end.
local function save(key, c, hasBudget)
  local isDue = second - c.e >= 30
  if isDue then c.e = second elseif not c.dirty then return end
  local put, sum, part = c.put, c.sum, c.part
  if put and (put[1] ~= 0 or put[2] ~= 0 or put[3] ~= 0 or put[4] ~= 0) then
    redis.call('HSET', rings .. key, c.before % 60, struct.pack(SECOND, c.before, unpack(put)))
    redis.call('PEXPIRE', rings .. key, 180000)
  end
  local text = struct.pack(COUNTER, c.s == nil and 0 or 1, c.s or 0, c.r, c.a, c.b, c.e, c.n,
    sum[1], sum[2], sum[3], sum[4], part[1], part[2], part[3], part[4])
  if isDue then redis.call('SET', key, text, 'PX', hasBudget and 3600000 or 180000)
  else redis.call('SET', key, text, 'KEEPTTL') end
end
`
