// SQLite, in memory: inserts, an index, joins, aggregates, text search, updates.
#include "bench.h"
#include "sqlite3.h"

static int print_row(void *context, int columns, char **values, char **names)
{
    (void)context, (void)names;
    for (int i = 0; i < columns; i++)
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
    printf("\n");
    return 0;
}

static void execute(sqlite3 *database, const char *text)
{
    char *message;
    if (sqlite3_exec(database, text, print_row, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", text, message);
        exit(1);
    }
}

int main(void)
{
    sqlite3 *database;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK)
        return 1;
    execute(database, "create table item(id integer primary key, name text, price real, shelf int);"
                      "create table shelf(id integer primary key, title text);"
                      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)"
                      " insert into shelf select i, 'shelf ' || i from n;");
    execute(database, "begin;"
                      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000)"
                      " insert into item select i, printf('item %x %s', i * 7919 % 65521, substr('abcdefghij', i % 10, 3)),"
                      " (i * 104729 % 10007) / 100.0, i * 31 % 500 + 1 from n;"
                      "create index by_shelf on item(shelf, price);"
                      "commit;");
    execute(database, "select count(*), sum(price), min(name), max(name) from item;"
                      "select title, count(*), round(avg(price), 4) from item join shelf on shelf.id = item.shelf"
                      " group by shelf.id order by 3 desc limit 5;"
                      "select count(*) from item where name like '%ef%' and price between 20 and 60;"
                      "update item set price = price * 1.1 where shelf % 3 = 0;"
                      "delete from item where id % 7 = 0;"
                      "select shelf, sum(price) over (partition by shelf order by id) as s from item order by s desc limit 3;"
                      "select count(distinct substr(name, 1, 8)), total(length(name)) from item;"
                      "select a.id, b.id from item a join item b on a.shelf = b.shelf and a.price = b.price and a.id < b.id"
                      " order by a.id, b.id limit 4;");
    sqlite3_close(database);
    return 0;
}
