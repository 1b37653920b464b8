/**
 * What replicas count together. One hash per counter (`s` spent, `r` end of its period, `a` when it was set by hand, `b` end of the period before; of
 * each rate `q t i o` the newest second `n`, the sum `s`, and one field per second of the window; `e` when its end was
 * put off), one hash per replica with what its calls in flight hold, one sorted set of replicas by the millisecond they
 * were last heard. Time is Redis's. Money is whole nano-dollars, exact to 2^53 of them (nine million dollars) in one period.
 */
export const SCRIPT_WORDS = `
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)
local RATES = {'q', 't', 'i', 'o'}

local function slots(rate, from, to)
  local names = {}
  for at = from, to do names[#names + 1] = rate .. (at % 60) end
  return names
end

-- What is stored of a counter; \`slot\` is the second whose part of the windows is wanted.
local function read(key, slot)
  local f = redis.call('HMGET', key, 's', 'r', 'a', 'e', 'qn', 'qs', 'q' .. slot, 'tn', 'ts', 't' .. slot,
    'in', 'is', 'i' .. slot, 'on', 'os', 'o' .. slot, 'b')
  return {
    s = f[1] and tonumber(f[1]) or nil, r = tonumber(f[2] or '0'), a = tonumber(f[3] or '0'),
    e = tonumber(f[4] or '0'), b = tonumber(f[17] or '0'), fields = f, set = {},
  }
end

-- The n-th window as it stands at this second; what left it is deleted when it is written.
local function window(key, c, n)
  local f = c.fields
  local w = {rate = RATES[n], newest = tonumber(f[2 + 3 * n] or '0'), sum = tonumber(f[3 + 3 * n] or '0')}
  w.amount = tonumber(f[4 + 3 * n] or '0')
  if second <= w.newest then return w end
  if w.sum ~= 0 then
    w.left = slots(w.rate, math.max(w.newest + 1, second - 59), second)
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

-- Adds at the second that was read; it is written by \`save\`.
local function add(key, c, w, at, amount)
  if at <= w.newest - 60 then return end
  if w.left then
    redis.call('HDEL', key, unpack(w.left))
    for i = 1, #w.left do if w.left[i] == w.rate .. (at % 60) then w.amount = 0 end end
    w.left = nil
  end
  w.sum = w.sum + amount
  w.amount = w.amount + amount
  local set = c.set
  set[#set + 1] = w.rate .. (at % 60)
  set[#set + 1] = w.amount
  set[#set + 1] = w.rate .. 'n'
  set[#set + 1] = w.newest
  set[#set + 1] = w.rate .. 's'
  set[#set + 1] = w.sum
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
-- Clocks differ: who is a minute ahead may end a period, and who is behind then still names the one that has ended.
local function period(c, resetAt, setAt, seed)
  if c.s == nil or setAt > c.a then
    c.s, c.r, c.a = seed, resetAt, setAt
    return true
  end
  if setAt < c.a or resetAt == c.r or (c.b > 0 and resetAt == c.b) then return false end
  local isOver = c.r > 0 and c.r <= now + (resetAt > c.r and 60000 or 0)
  if isOver and (resetAt == 0 or resetAt > c.r) then
    c.s, c.r, c.b = seed, resetAt, c.r
    return true
  end
  if resetAt == 0 or resetAt > now then c.r = resetAt return true end
  return false
end

-- Marks the money of a counter to be written.
local function keep(c)
  local set = c.set
  set[#set + 1] = 's'
  set[#set + 1] = string.format('%.0f', c.s)
  set[#set + 1] = 'r'
  set[#set + 1] = c.r
  set[#set + 1] = 'a'
  set[#set + 1] = c.a
  if c.b > 0 then set[#set + 1] = 'b' set[#set + 1] = c.b end
end

-- Writes what changed, and sees that a counter in use does not end.
local function save(key, c, hasBudget)
  local set = c.set
  local isDue = second - c.e >= 30
  if isDue then set[#set + 1] = 'e' set[#set + 1] = second end
  if #set > 0 then redis.call('HSET', key, unpack(set)) end
  if isDue then redis.call('PEXPIRE', key, hasBudget and 3600000 or 180000) end
end
`
