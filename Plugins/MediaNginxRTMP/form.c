/* SPDX-License-Identifier: Apache-2.0 */

#include "form.h"

#include <string.h>

static int hexadecimal(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* Decodes in place, up to its NUL: what is decoded is never longer than it was. */
static media_form_result decode(char *text)
{
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (*in == '+') {
            *out++ = ' ';
        } else if (*in == '%') {
            int high = hexadecimal(in[1]);
            int low = high < 0 ? -1 : hexadecimal(in[2]);
            if (low < 0)
                return MEDIA_FORM_BAD_ESCAPE;
            if (high == 0 && low == 0)
                return MEDIA_FORM_NUL;
            *out++ = (char)(high * 16 + low);
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return MEDIA_FORM_READ;
}

static media_form_result read_field(media_form *form, char *pair)
{
    if (form->count == MEDIA_FORM_FIELD_LIMIT)
        return MEDIA_FORM_TOO_MANY_FIELDS;
    char *equals = strchr(pair, '=');
    char *value = pair + strlen(pair); /* the empty text at its end */
    if (equals != NULL) {
        *equals = '\0';
        value = equals + 1;
    }
    media_form_result result = decode(pair);
    if (result == MEDIA_FORM_READ)
        result = decode(value);
    if (result == MEDIA_FORM_READ)
        form->fields[form->count++] = (media_form_field){pair, value};
    return result;
}

media_form_result media_form_read(const uint8_t *bytes, size_t count, media_form *form)
{
    form->count = 0;
    if (count > MEDIA_FORM_SIZE_LIMIT)
        return MEDIA_FORM_TOO_LARGE;
    if (count == 0)
        return MEDIA_FORM_READ;
    if (memchr(bytes, 0, count) != NULL)
        return MEDIA_FORM_NUL;
    memcpy(form->text, bytes, count);
    form->text[count] = '\0';

    char *rest = form->text;
    while (rest != NULL) {
        char *pair = rest;
        char *ampersand = strchr(pair, '&');
        rest = NULL;
        if (ampersand != NULL) {
            *ampersand = '\0';
            rest = ampersand + 1;
        }
        if (*pair == '\0')
            continue;
        media_form_result result = read_field(form, pair);
        if (result != MEDIA_FORM_READ)
            return result;
    }
    return MEDIA_FORM_READ;
}

const char *media_form_value(const media_form *form, const char *key)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].key, key) == 0)
            return form->fields[i].value;
    return NULL;
}

size_t media_form_occurrences(const media_form *form, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += strcmp(form->fields[i].key, key) == 0;
    return count;
}
