// For cc1plus: a ring of events of an ATmega328P, with a class, a template and a virtual call.
#include <avr/io.h>
#include <stdint.h>

template <typename T, uint8_t Size> class Ring {
    T slots[Size];
    uint8_t head = 0, count = 0;

public:
    bool push(const T &value)
    {
        if (count == Size)
            return false;
        slots[(head + count++) % Size] = value;
        return true;
    }
    bool pop(T &value)
    {
        if (count == 0)
            return false;
        value = slots[head];
        head = (head + 1) % Size;
        count--;
        return true;
    }
};

struct Shape {
    virtual uint16_t area() const = 0;
};

struct Square final : Shape {
    uint8_t side;
    explicit Square(uint8_t side) : side(side) {}
    uint16_t area() const override { return uint16_t(side) * side; }
};

struct Disc final : Shape {
    uint8_t radius;
    explicit Disc(uint8_t radius) : radius(radius) {}
    uint16_t area() const override { return uint16_t(radius * radius * 3.14159f); }
};

extern "C" int main()
{
    Square square(PINB);
    Disc disc(PIND);
    const Shape *shapes[] = { &square, &disc };
    Ring<uint16_t, 5> areas;
    for (uint8_t i = 0; areas.push(shapes[i & 1]->area()); i++)
        square.side++;
    for (uint16_t area; areas.pop(area);)
        PORTB = area >> 8 ^ area;
    return 0;
}
