/**
 * What replicas count together. One hash per counter (`s` spent, `r` end of its period, `a` when it was set by hand; of
 * each rate `q t i o` the newest second `n`, the sum `s`, and one field per second of the window), one hash per replica
 * with what its calls in flight hold, one sorted set of replicas by the millisecond they were last heard. Time is
 * Redis's. Money is added by Redis's 64-bit integers; comparisons are exact to 2^53 nano-dollars (nine million dollars).
 */
export const SCRIPT_WORDS = `
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)
local RATES = {'q', 't', 'i', 'o'}
local FIELDS = {'s', 'r', 'a', 'qn', 'qs', 'tn', 'ts', 'in', 'is', 'on', 'os'}

local function slots(rate, from, to)
  local names = {}
  for at = from, to do names[#names + 1] = rate .. (at % 60) end
  return names
end

-- A window as it stands at this second; what left it is deleted when it is written.
local function window(key, rate, newest, sum)
  local w = {rate = rate, newest = tonumber(newest or '0'), sum = tonumber(sum or '0')}
  if second <= w.newest then return w end
  if w.sum ~= 0 then
    w.left = slots(rate, math.max(w.newest + 1, second - 59), second)
    if second - w.newest >= 60 then
      w.sum = 0
    else
      for _, amount in ipairs(redis.call('HMGET', key, unpack(w.left))) do
        if amount then w.sum = w.sum - tonumber(amount) end
      end
    end
  end
  w.newest = second
  return w
end

local function add(key, w, at, amount)
  if at <= w.newest - 60 then return end
  if w.left then redis.call('HDEL', key, unpack(w.left)) w.left = nil end
  w.sum = w.sum + amount
  redis.call('HINCRBY', key, w.rate .. (at % 60), amount)
  redis.call('HSET', key, w.rate .. 'n', w.newest, w.rate .. 's', w.sum)
end

-- Milliseconds until so much leaves the window.
local function wait(key, w, excess)
  local names = slots(w.rate, w.newest - 59, w.newest)
  local stale = {}
  for _, name in ipairs(w.left or {}) do stale[name] = true end
  for i, amount in ipairs(redis.call('HMGET', key, unpack(names))) do
    if amount and not stale[names[i]] then excess = excess - tonumber(amount) end
    if excess <= 0 then return (w.newest - 60 + i + 60) * 1000 - now end
  end
  return 60000
end

-- The money of a counter: which period it is in, by what is stored and what the replica knows. Gives true when it starts anew.
local function period(c, resetAt, setAt, seed)
  if c.s == nil or setAt > c.a then
    c.s, c.r, c.a = seed, resetAt, setAt
    return true
  end
  if setAt < c.a or resetAt == c.r then return false end
  local isOver = c.r > 0 and c.r <= now
  if isOver and (resetAt == 0 or resetAt > c.r) then
    c.s, c.r = seed, resetAt
    return true
  end
  if resetAt == 0 or resetAt > now then c.r = resetAt return true end
  return false
end

local function read(key)
  local f = redis.call('HMGET', key, unpack(FIELDS))
  return {s = f[1] and tonumber(f[1]) or nil, r = tonumber(f[2] or '0'), a = tonumber(f[3] or '0'), fields = f}
end

local function windows(key, c)
  for i, rate in ipairs(RATES) do c[rate] = window(key, rate, c.fields[2 + 2 * i], c.fields[3 + 2 * i]) end
end

local function keep(key, c)
  redis.call('HSET', key, 's', string.format('%.0f', c.s), 'r', c.r, 'a', c.a)
end

local function expire(key, hasBudget)
  redis.call('PEXPIRE', key, hasBudget and 3600000 or 120000)
end
`
