// SQLite, in memory: inserts, an index, joins, aggregates, text search, updates.
// With an argument, other tables and other statements.
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

static void train(sqlite3 *database)
{
    execute(database, "create table person(name text primary key, born int, city int) without rowid;"
                      "create table city(id integer primary key, name text, size int);"
                      "create table visit(person text, city int, day int, cost real);"
                      "with recursive n(i) as (values(1) union all select i + 1 from n where i < 300)"
                      " insert into city select i, 'city' || (i * 17 % 301), i * i % 1009 from n;"
                      "with recursive n(i) as (values(1) union all select i + 1 from n where i < 20000)"
                      " insert into person select 'p' || hex(i * 2654435761 % 1048573), 1900 + i % 100, i % 300 + 1 from n;"
                      "insert into visit select name, (born * 7 + city) % 300 + 1, born % 28, city * 1.25 from person;"
                      "create index visits on visit(city, day);");
    execute(database, "select c.name, count(*) as n, sum(v.cost) from visit v join city c on c.id = v.city"
                      " where v.day < 20 group by c.id having n > 5 order by n desc, c.name limit 4;"
                      "select upper(substr(name, 2, 2)) as k, avg(born) from person group by k order by k limit 3;"
                      "begin; update visit set cost = cost + day where city in (select id from city where size > 500);"
                      "delete from person where city % 11 = 3; commit;"
                      "select count(*) from person p where exists"
                      " (select 1 from visit v where v.city = p.city and v.day = p.born % 28);"
                      "select city, rank() over (order by sum(cost)) from visit group by city limit 2;"
                      "select group_concat(name, '/') from (select name from city where name like '%1_' order by size limit 6);");
}

int main(int argc, char **argv)
{
    (void)argv;
    sqlite3 *database;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK)
        return 1;
    if (argc > 1) {
        train(database);
        sqlite3_close(database);
        return 0;
    }
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
