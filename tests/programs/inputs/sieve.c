/* For cc1: shows the primes below 256 on a port of an ATmega328P, bit by bit. */
#include <avr/io.h>
#include <stdint.h>

static uint8_t sieve[256];

static uint16_t checksum(const uint8_t *bytes, uint16_t length)
{
    uint16_t sum = 1;
    for (uint16_t i = 0; i < length; i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

int main(void)
{
    DDRB = 0xff;
    for (uint16_t i = 0; i < sizeof sieve; i++)
        sieve[i] = i | 1;
    for (uint16_t i = 2; i < 256; i++) {
        if (!sieve[i])
            continue;
        PORTB = (uint8_t)i;
        for (uint16_t j = i * 2; j < 256; j += i)
            sieve[j] = 0;
    }
    uint16_t sum = checksum(sieve, sizeof sieve);
    for (;;)
        PORTB = (uint8_t)(sum / 3.5f);
}
