// Lua runs a program that uses what Lua programs use: tables, strings, closures,
// method calls, patterns, sorting with a callback. With an argument, another
// program of that kind.
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

static const char training[] =
    "local Shape = {}; Shape.__index = Shape\n"
    "function Shape.new(n) return setmetatable({ n = n, sides = {} }, Shape) end\n"
    "function Shape:push(v) local s = self.sides; s[#s + 1] = v; return self end\n"
    "function Shape:area() local a = 0; for i, v in ipairs(self.sides) do a = a + v * i end; return a / self.n end\n"
    "local area = 0\n"
    "for i = 1, 60000 do area = area + Shape.new(i):push(i):push(i % 3):push(2.5):area() end\n"
    "print(area)\n"
    "local function queens(n)\n"
    "  local cols, up, down, found = {}, {}, {}, 0\n"
    "  local function try(row)\n"
    "    if row > n then found = found + 1; return end\n"
    "    for c = 1, n do\n"
    "      if not cols[c] and not up[row + c] and not down[row - c + n] then\n"
    "        cols[c], up[row + c], down[row - c + n] = true, true, true; try(row + 1)\n"
    "        cols[c], up[row + c], down[row - c + n] = nil, nil, nil\n"
    "      end\n"
    "    end\n"
    "  end\n"
    "  try(1); return found\n"
    "end\n"
    "print(queens(8))\n"
    "local words, counts = {}, {}\n"
    "for i = 1, 40000 do words[i] = ('word%d'):format(i * 31 % 977) end\n"
    "for word in table.concat(words, ' '):gmatch('%a+%d+') do counts[word] = (counts[word] or 0) + 1 end\n"
    "local names = {}\n"
    "for name, count in pairs(counts) do table.insert(names, name .. ':' .. count) end\n"
    "table.sort(names, function(a, b) return #a < #b or #a == #b and a < b end)\n"
    "print(#names, names[1], (names[#names]:gsub('%d', function(d) return d + 1 end)))\n"
    "local heap = {}\n"
    "for i = 1, 50000 do\n"
    "  local at, v = #heap + 1, i * 7919 % 10007; heap[at] = v\n"
    "  while at > 1 and heap[at // 2] > v do heap[at] = heap[at // 2]; at = at // 2 end\n"
    "  heap[at] = v\n"
    "end\n"
    "print(heap[1], select('#', table.unpack(heap, 1, 50)))\n";

int main(int argc, char **argv)
{
    (void)argv;
    lua_State *lua = luaL_newstate();
    luaL_requiref(lua, "_G", luaopen_base, 1);
    luaL_requiref(lua, "table", luaopen_table, 1);
    luaL_requiref(lua, "string", luaopen_string, 1);
    if (luaL_dostring(lua, argc > 1 ? training : script) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        return 1;
    }
    lua_close(lua);
    return 0;
}
