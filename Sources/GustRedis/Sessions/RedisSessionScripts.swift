#if Redis
/// The scripts of ``RedisSessionStore``.
///
/// A session is a hash with the fields `v` (version), `e` (end, in seconds since 1970), `r` (record) and `u` (user, if there is one). A user's
/// sessions are in a sorted set of their ids by their ends. An id may be in the set of a user although the session has ended or belongs to another
/// user now, so that the hash decides.
enum RedisSessionScripts {
    /// Stores a session in place of a version.
    ///
    /// Keys: the session; the set of its user, if it has one. Arguments: the version to replace, the new version, the time, the end, the
    /// lifetime in ms (−1 if it never ends), the record, the id, and the user, if there is one. Returns 1 if the session was stored.
    static let save = RedisScript(
        """
        local stored = redis.call('HMGET', KEYS[1], 'v', 'e')
        local version = '0'
        if stored[1] and tonumber(stored[2]) > tonumber(ARGV[3]) then version = stored[1] end
        if version ~= ARGV[1] then return 0 end
        local lifetime = tonumber(ARGV[5])
        if lifetime == 0 then
            redis.call('DEL', KEYS[1])
            return 1
        end
        redis.call('HSET', KEYS[1], 'v', ARGV[2], 'e', ARGV[4], 'r', ARGV[6])
        if lifetime < 0 then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], lifetime) end
        if not KEYS[2] then
            redis.call('HDEL', KEYS[1], 'u')
            return 1
        end
        redis.call('HSET', KEYS[1], 'u', ARGV[8])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3])
        local isNew = redis.call('EXISTS', KEYS[2]) == 0
        redis.call('ZADD', KEYS[2], lifetime < 0 and '+inf' or ARGV[4], ARGV[7])
        local rest = redis.call('PTTL', KEYS[2])
        if lifetime < 0 then
            redis.call('PERSIST', KEYS[2])
        elseif isNew or (rest >= 0 and rest < lifetime) then
            redis.call('PEXPIRE', KEYS[2], lifetime)
        end
        return 1
        """
    )

    /// Removes the sessions of a user.
    ///
    /// Keys: the set of the user. Arguments: what precedes an id in the key of a session, the user, and the id of the session that is kept, if
    /// there is one. Returns the ids of the removed sessions.
    static let removeAll = RedisScript(
        """
        local removed = {}
        for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
            if id ~= ARGV[3] then
                local key = ARGV[1] .. id
                if redis.call('HGET', key, 'u') == ARGV[2] then
                    redis.call('DEL', key)
                    removed[#removed + 1] = id
                end
                redis.call('ZREM', KEYS[1], id)
            end
        end
        return removed
        """
    )
}
#endif
