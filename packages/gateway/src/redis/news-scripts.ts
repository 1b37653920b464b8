import { RedisScript } from './redis.ts'

/**
 * What is held of a topic: `until` sorts keys by the millisecond they end on Redis's own clock, `said` keeps the news,
 * `revision` numbers it. The number goes up with every news and follows the clock, so that it goes on rising after a
 * Redis that lost everything.
 */
const START = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)
if #ended > 0 then
  redis.call('ZREM', KEYS[1], unpack(ended))
  redis.call('HDEL', KEYS[2], unpack(ended))
end
`

/**
 * KEYS: until, said, revision. ARGV: channel, sender, most news held, then key, milliseconds and value of each news.
 * Holds and publishes them; beyond the most, what ends soonest is forgotten. Gives the last revision.
 */
export const TELL = new RedisScript(`${START}
local revision = math.max(tonumber(redis.call('GET', KEYS[3]) or '0'), now * 1000)
local longest = redis.call('PTTL', KEYS[1])
for i = 4, #ARGV, 3 do
  local key, ttl, value = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  revision = revision + 1
  local number = string.format('%.0f', revision)
  redis.call('ZADD', KEYS[1], now + ttl, key)
  redis.call('HSET', KEYS[2], key, cjson.encode({ARGV[2], number, value}))
  redis.call('PUBLISH', ARGV[1], cjson.encode({'1', ARGV[2], number, ARGV[i + 1], key, value}))
  longest = math.max(longest, ttl)
end
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if over > 0 then
  for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, over - 1)) do
    redis.call('ZREM', KEYS[1], key)
    redis.call('HDEL', KEYS[2], key)
  end
end
redis.call('SET', KEYS[3], string.format('%.0f', revision), 'PX', longest)
redis.call('PEXPIRE', KEYS[1], longest)
redis.call('PEXPIRE', KEYS[2], longest)
return string.format('%.0f', revision)
`)

/**
 * KEYS as above. ARGV: a revision. Gives the last revision, then everything that holds and was told after the one asked
 * for, as messages like those on the channel.
 */
export const RECALL = new RedisScript(`${START}
local since = tonumber(ARGV[1])
local result = {redis.call('GET', KEYS[3]) or '0'}
local held = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #held, 2 do
  local said = redis.call('HGET', KEYS[2], held[i])
  if said then
    local news = cjson.decode(said)
    if tonumber(news[2]) > since then
      local ttl = string.format('%.0f', tonumber(held[i + 1]) - now)
      table.insert(result, cjson.encode({'1', news[1], news[2], ttl, held[i], news[3]}))
    end
  end
end
return result
`)
