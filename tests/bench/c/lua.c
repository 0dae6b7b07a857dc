// Lua runs a program that uses what Lua programs use: tables, strings, closures,
// method calls, patterns, sorting with a callback.
#include "bench.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char script[] =
    "local Point = {}; Point.__index = Point\n"
    "local function point(x, y) return setmetatable({ x = x, y = y }, Point) end\n"
    "function Point:add(other) return point(self.x + other.x, self.y + other.y) end\n"
    "local function fibonacci(n) if n < 2 then return n end return fibonacci(n - 1) + fibonacci(n - 2) end\n"
    "print(fibonacci(29))\n"
    "local sum = point(0, 0)\n"
    "for i = 1, 1500000 do sum = sum:add(point(i % 7, i * 0.5)) end\n"
    "print(sum.x, sum.y)\n"
    "local sieve, primes = {}, 0\n"
    "for i = 2, 1000000 do sieve[i] = true end\n"
    "for i = 2, 1000000 do if sieve[i] then primes = primes + 1; for j = i * i, 1000000, i do sieve[j] = false end end end\n"
    "print(primes)\n"
    "local parts = {}\n"
    "for i = 1, 120000 do parts[#parts + 1] = string.format('%d:%s', i, ('x'):rep(i % 9)) end\n"
    "local text = table.concat(parts, ',')\n"
    "local seen = 0\n"
    "for number in text:gmatch('(%d+):x+') do seen = seen + tonumber(number) end\n"
    "print(#text, seen, (text:gsub('x+', 'y')):len())\n"
    "local function counter() local n = 0; return function() n = n + 1; return n end end\n"
    "local total, count = 0, counter()\n"
    "for i = 1, 3000000 do total = total + count() end\n"
    "local values = {}\n"
    "for i = 1, 150000 do values[i] = (i * 7919) % 100003 end\n"
    "table.sort(values, function(a, b) return a > b end)\n"
    "print(total, values[1], values[#values])\n";

int main(void)
{
    lua_State *lua = luaL_newstate();
    luaL_requiref(lua, "_G", luaopen_base, 1);
    luaL_requiref(lua, "table", luaopen_table, 1);
    luaL_requiref(lua, "string", luaopen_string, 1);
    if (luaL_dostring(lua, script) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        return 1;
    }
    lua_close(lua);
    return 0;
}
