# What is not a JWT in compact form is refused (RFC 7515 section 7.1, RFC 8725, RFC 8259). Always 401.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        large_client_header_buffers 4 64k;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
    }
CONF
my $token = mint('p256');
my ($header, $payload, $signature) = split /\./, $token;
$nginx->passes_after('/ok', token => $token);

sub refused ($name, $bad, $reason) {
    $nginx->refuses($name, token => $bad, reason => $reason, challenge => qr/\ABearer realm="site", error="invalid_token"/);
}

my $not_jws = qr/token_not_compact_jws/;
refused('one part is not a token',               'opaque',                                    $not_jws);
refused('two parts are not a token',             "$header.$payload",                          $not_jws);
refused('four parts are not a token',            "$token.$signature",                         $not_jws);
refused('five parts are an encrypted token',     "$token.$signature.$signature",              qr/token_encrypted/);
refused('six parts are not a token',             "$token.$token",                             $not_jws);
refused('dots alone are not a token',            '..',                                        $not_jws);
refused('an empty header is refused',            ".$payload.$signature",                      $not_jws);
refused('an empty payload is refused',           "$header..$signature",                       $not_jws);
refused('a missing signature is refused',        "$header.$payload.",                         $not_jws);
refused('a trailing dot is refused',             "$token.",                                   $not_jws);

my $not_base64url = qr/token_not_base64url/;
refused('padding of the header is refused',      "$header==.$payload.$signature",             qr/credentials_malformed/);
refused('padding of the signature is refused',   "$token==",                                  $not_base64url);
refused('the plain base64 alphabet is refused',  "$header.$payload." . '+/' x 43,             $not_base64url);
refused('a tilde is refused',                    "$header.$payload.~" . substr($signature, 1), $not_base64url);
refused('a length of 4n+1 is refused',           "${token}AAA",                               $not_base64url);
# 64 bytes leave four bits unused in the last character; only zeros are canonical.
my $last = substr $signature, -1;
refused('unused bits that are not zero are refused', substr($token, 0, -1) . chr(ord($last) + 1), $not_base64url);

my %bad_documents = (
    'an array'                       => '[]',
    'a string'                       => '"alg"',
    'a number'                       => '1',
    'null'                           => 'null',
    'empty text'                     => ' ',
    'not JSON'                       => '{alg:ES256}',
    'JSON with junk behind it'       => '%s{}',
    'two documents'                  => '%s %s',
    'JSON with a byte order mark'    => "\xEF\xBB\xBF%s",
    'JSON with a NUL behind it'      => "%s\0",
    'a NUL byte in a string'         => "{\"a\":\"\0\",",
    'a control character'            => "{\"a\":\"\n\",",
    'invalid UTF-8'                  => "{\"a\":\"\xFF\",",
    'an encoded surrogate'           => "{\"a\":\"\xED\xA0\x80\",",
    'an overlong encoding'           => "{\"a\":\"\xC0\xAF\",",
    'a lone surrogate escape'        => '{"a":"\uD800",',
    'a single-quoted string'         => "{'a':1,",
    'a comment'                      => '/**/%s',
    'a trailing comma'               => '{"a":[1,],',
    'a number with a leading zero'   => '{"a":01,',
    'NaN'                            => '{"a":NaN,',
    'an array bomb'                  => '{"a":' . '[' x 2000 . ']' x 2000 . ',',
    'an object bomb'                 => '{"a":' . '{"a":' x 1000 . '1' . '}' x 1000 . ',',
    'an unclosed bomb'               => '[' x 5000,
    'a member twice'                 => '{"a":1,"a":1,',
    'a member twice, once escaped'   => '{"a":1,"\u0061":1,',
    'a member twice, deep inside'    => '{"a":{"b":1,"b":2},',
);

# %s stands for the good document; one that ends in a comma goes on as the good one does.
sub spoil ($pattern, $good) {
    return $pattern =~ /,\z/ ? $pattern . substr $good, 1 : $pattern =~ s/%s/$good/gr;
}

my ($good_header, $good_payload) = map { to_json($_) } { alg => 'ES256', kid => 'p256' }, claims();
# What is JSON, but not to everybody the same, has a name of its own.
sub reason ($name, $part) {
    my $what = $name =~ /UTF-8|encoded surrogate|overlong/ ? 'token_not_utf8'
        : $name =~ /member twice/                          ? 'token_duplicate_member'
        : $name =~ /surrogate escape/                      ? 'token_half_surrogate'
        : $name =~ /(array|object) bomb/                   ? 'token_too_deep'
        :                                                    return qr/ ${part}_not_json_object: .*: its $part is /;
    return qr/ $what: .*: in its $part,/;
}
for my $name (sort keys %bad_documents) {
    my $bad = $bad_documents{$name};
    refused("a header that is $name is refused",  assemble('p256', 'ES256', spoil($bad, $good_header), $good_payload),  reason($name, 'header'));
    refused("a payload that is $name is refused", assemble('p256', 'ES256', $good_header, spoil($bad, $good_payload)), reason($name, 'payload'));
}
refused('SPEC 78: alg twice is refused', assemble('p256', 'ES256', '{"alg":"none","alg":"ES256"}', $good_payload), reason('a member twice', 'header'));
refused('SPEC 78: exp twice is refused', mint('p256', '{"exp":1,"exp":' . (time + 60) . '}'), reason('a member twice', 'payload'));

is $nginx->get('/ok', token => mint('p256', qq( {\n"exp"\t:\r\n9999999999 , "name" : "Zo\xC3\xAB \\u0000 \\uD83D\\uDE00" } )))->status,
    200, 'white space, escapes and UTF-8 are fine';

finish();
