# Bad configuration -> the exact message of `nginx -t`: it names the directive, what is wrong and what would be right.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my %files = ('good.json' => jwks('p256'));

# What nginx -t says about a configuration: passed or not, and its messages.
sub check ($name, $conf, $passes, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}

sub in_location ($text) { return "server { listen 127.0.0.1:%%PORT%%; location / { $text } }" }

# The last directive of a text is the one that is named in the message.
sub directive ($text) { return ($text =~ /(\w+)[^;]*;?\s*\z/)[0] }

sub bad ($text, $message)   { return check($text, in_location("$text;"), 'fails', '[emerg] "' . directive($text) . qq(" directive: $message)) }
sub warns ($text, $message) { return check($text, in_location("$text;"), 'passes', '[warn] "' . directive($text) . qq(" directive: $message)) }
sub fine ($text)            { return check("fine: $text", in_location("$text;"), 'passes') }

# --- key files: content and message -------------------------------------------------------------------------------------

my $off_curve = jwk('p256', y => jwk('p256')->{x});
my $not_json  = 'the document is not JSON';
my $unusable  = 'no key of the set can verify a signature';
my $weak      = 'the RSA modulus of the key is shorter than 2048 bits or longer than 16384';
my $member    = 'a member of the key is missing, has the wrong type or is not base64url';

sub bad_file ($name, $format, $content, $message) {
    local $files{'bad.json'} = $content;
    my $text = "auth_jwt_key_file bad.json $format;";
    return check("$format: $name", in_location($text), 'fails', qq([emerg] "auth_jwt_key_file" directive: cannot use "%%TESTDIR%%/bad.json": $message));
}

bad_file('an empty file',                  'jwks',   '',                                     $not_json);
bad_file('white space',                    'jwks',   " \n",                                  $not_json);
bad_file('half a file',                    'jwks',   '{"keys":',                             $not_json);
bad_file('junk behind the document',       'jwks',   jwks('p256') . 'x',                     $not_json);
bad_file('HTML',                           'jwks',   '<html></html>',                        $not_json);
bad_file('invalid UTF-8',                  'jwks',   "{\"keys\":[\"\xFF\"]}",                'the document is not UTF-8');
bad_file('a member twice',                 'jwks',   '{"keys":[],"keys":[]}',                'an object has two members of one name');
bad_file('a member twice in the only key', 'jwks',   '{"keys":[{"kty":"EC","kty":"RSA"}]}',  "$unusable (an object has two members of one name)");
bad_file('no JSON beside an odd key',      'jwks',   '{"keys":[{"a":1,"a":2},]}',            $not_json);
bad_file('a list',                         'jwks',   '[]',                                   'the key set is not a JSON object');
bad_file('no keys',                        'jwks',   '{}',                                   'the key set has no array of keys');
bad_file('keys that are no list',          'jwks',   '{"keys":{}}',                          'the key set has no array of keys');
bad_file('a keyval file',                  'jwks',   keyval('p256'),                         'the key set has no array of keys');
bad_file('an empty list of keys',          'jwks',   '{"keys":[]}',                          'there is no key in it');
bad_file('a key that is no object',        'jwks',   '{"keys":[1]}',                         "$unusable (the key is not a JSON object)");
bad_file('an unknown kind of key',         'jwks',   jwks({ kty => 'XYZ' }),                 "$unusable (the type of the key is not supported)");
bad_file('an unknown curve',               'jwks',   jwks(jwk('p256', crv => 'secp256k1')),  "$unusable (the curve of the key is not supported)");
bad_file('SPEC 72: a weak RSA key',        'jwks',   jwks('rsa_weak'),                       "$unusable ($weak)");
bad_file('SPEC 72: a point off its curve', 'jwks',   jwks($off_curve),                       "$unusable (the point of the key is not on its curve)");
bad_file('a key for encryption',           'jwks',   jwks(jwk('rsa', use => 'enc')),         "$unusable (the key is not for signatures)");
bad_file('a key that may not verify',      'jwks',   jwks(jwk('rsa', key_ops => ['sign'])),  "$unusable (the operations of the key do not include verify)");
bad_file('an algorithm of another type',   'jwks',   jwks(jwk('rsa', alg => 'ES256')),       "$unusable (the algorithm of the key does not belong to its type)");
bad_file('the algorithm none',             'jwks',   jwks(jwk('rsa', alg => 'none')),        "$unusable (the algorithm of the key is not supported)");
bad_file('a key without its modulus',      'jwks',   jwks(jwk('rsa', n => undef)),           "$unusable ($member)");
bad_file('padding in a modulus',           'jwks',   jwks(jwk('rsa', n => 'a=b')),           "$unusable ($member)");
bad_file('an empty secret',                'jwks',   jwks(jwk('hmac', k => '')),             "$unusable ($member)");
bad_file('a kid that is a number',         'jwks',   jwks(jwk('p256', kid => 1)),            "$unusable ($member)");
bad_file('an empty object',                'keyval', '{}',                                   'there is no key in it');
bad_file('what is not PEM',                'keyval', '{"a":"secret"}',                       "$unusable (the key is not a PEM public key)");
bad_file('a private key',                  'keyval', to_json({ a => private_pem('p256') }),  "$unusable (the key is not a PEM public key)");
bad_file('SPEC 72: a weak RSA key',        'keyval', keyval('rsa_weak'),                     "$unusable ($weak)");
bad_file('a number',                       'keyval', '{"a":1}',                              "$unusable ($member)");
bad_file('a JWK set',                      'keyval', jwks('p256'),                           "$unusable ($member)");
bad_file('a member twice',                 'keyval', '{"a":"x","a":"y"}',                    'an object has two members of one name');

sub warns_about ($name, $content, @messages) {
    local $files{'odd.json'} = $content;
    return check($name, in_location('auth_jwt x; auth_jwt_key_file odd.json;'), 'passes',
        map { qq([warn] "auth_jwt_key_file" directive: "%%TESTDIR%%/odd.json": $_) } @messages);
}

my $unused  = 'is a symmetric key in a set with public keys, so it is not used';
my $private = 'holds a private key, which does not belong in a file that only verifies';
for my $odd (
    [',"kty":"EC"}', 'an object has two members of one name'], [',"x":{"a":1,"a":2}}', 'an object has two members of one name'],
    [',"n":1e400}', 'a number is beyond 64 bits'], [',"name":"\udc00"}', 'a string has half of a surrogate pair'],
    [',"deep":' . '[' x 40 . ']' x 40 . '}', 'objects or arrays are nested too deeply'],
) {
    my ($end, $reason) = @$odd;
    my $key = to_json(jwk('p384')) =~ s/\}\z/$end/r;
    warns_about("one odd key among others: $reason", '{"keys":[' . to_json(jwk('p256')) . ",$key]}", qq(key 2 (kid "p384") is left out: $reason));
}
warns_about('a weak key beside a good one', jwks('rsa_weak', 'p256'),               qq(key 1 (kid "rsa_weak") is left out: $weak));
warns_about('a key off its curve beside a good one', jwks('rsa', $off_curve),       'key 2 (kid "p256") is left out: the point of the key is not on its curve');
warns_about('a key without a kid is counted', jwks({ kty => 'XYZ' }, 'rsa'),        'key 1 is left out: the type of the key is not supported');
warns_about('a private key works, with a warning', to_json({ keys => [private_jwk('p256'), private_jwk('rsa')] }),
    qq(key 1 (kid "p256"): $private), qq(key 2 (kid "rsa"): $private));
warns_about('SPEC 73: a short secret works, with a warning', jwks({ kty => 'oct', k => 'c2VjcmV0', kid => 'short' }),
    'key 1 (kid "short"): has a secret shorter than its hash, which RFC 7518 section 3.2 forbids');
warns_about('SPEC 73: a secret beside public keys is not used', jwks('rsa', 'hmac'), qq(key 2 (kid "hmac"): $unused in location "/"));
{
    local $files{'odd.json'} = jwks('rsa', 'hmac');
    my $mixed   = 'auth_jwt x; auth_jwt_key_file odd.json;';
    my $allowed = 'auth_jwt_allow_hmac_with_public_keys on;';
    my $warning = qq([warn] "auth_jwt_key_file" directive: "%%TESTDIR%%/odd.json": key 2 (kid "hmac"): $unused);
    my $server  = 'server { listen 127.0.0.1:%%PORT%%;';
    check('a secret that is used is not said to be unused', in_location("$mixed $allowed"), 'passes');
    check('the switch may come first', in_location("$allowed $mixed"), 'passes');
    check('the switch may stand above', "$allowed $server location / { $mixed } }", 'passes');
    check('the file may stand above', "$mixed $server location / { $allowed } }", 'passes');
    check('used in one location and not in another', "$mixed $server location /a { $allowed } location /b {} }", 'passes', qq($warning in location "/b"));
    check('not used in several locations: told once', "$mixed $server location /a {} location /b {} }", 'passes', qq($warning in location "/a"));
    check('nobody uses keys where auth_jwt is off', "$mixed $server location / { auth_jwt off; } }", 'passes');
}
warns_about('a hostile kid is written safely', jwks('p256', { kty => 'XYZ', kid => "a\n[emerg] \"" }),
    'key 2 (kid "a\u000a[emerg] \\"") is left out: the type of the key is not supported');
warns_about('a good file', jwks(qw(rsa p256 ed25519)));

bad('auth_jwt_key_file missing.json',     'cannot read "%%TESTDIR%%/missing.json": No such file or directory');
bad('auth_jwt_key_file /',                'cannot read "/": it is not a regular file');
bad('auth_jwt_key_file good.json pem',    'invalid format "pem", it must be "jwks" or "keyval"');
{
    local $files{'big.json'} = ' ' x 1_048_576 . jwks('p256');
    bad('auth_jwt_key_file big.json', 'cannot read "%%TESTDIR%%/big.json": it is larger than 1048576 bytes');
}

# --- key requests -------------------------------------------------------------------------------------------------------

bad("auth_jwt_key_request $_", "invalid URI " . ($_ =~ /^"/ ? $_ : qq("$_")) . ', it must begin with "/" and name a location')
    for 'jwks', 'http://as.example.com/jwks', '""';
bad("auth_jwt_key_request https://user:s3cr3t\@as.example.com/jwks?key=s3cr3t",
    'invalid URI "https://...@as.example.com/jwks?...", it must begin with "/" and name a location');
bad('auth_jwt_key_request /jwks pem',     'invalid format "pem", it must be "jwks" or "keyval"');
my $limits = 'auth_jwt_key_request_limits';
check('limits', "$limits per_server=1 per_client=2 total=3 waiting=1000000;", 'passes');
for my $text ('0', '', '-1', '1k', '1000001', '99999999999999999999') {
    check("limits: $text", "$limits per_server=$text;", 'fails', qq([emerg] "$limits" directive: "per_server=$text" must be a number from 1 to 1000000));
}
check('limits, the same twice', "$limits total=1 total=2;", 'fails', qq([emerg] "$limits" directive: "total=2" is given twice));
check('limits of something else', "$limits clients=1;", 'fails',
    qq([emerg] "$limits" directive: "clients=1" is unknown; there are "per_server=", "per_client=", "total=" and "waiting="));
check('limits, twice', "$limits total=1; $limits total=1;", 'fails', qq([emerg] "$limits" directive is duplicate));
check('limits in a location', in_location("$limits total=1;"), 'fails', qq([emerg] "$limits" directive is not allowed here));
bad('auth_jwt_key_cache soon',            'invalid time "soon"');
bad('auth_jwt_key_cache -1',              'invalid time "-1"');

# --- the token ----------------------------------------------------------------------------------------------------------

bad('auth_jwt a b',                       'invalid parameter "b", it must be like "token=$variable"');
bad("auth_jwt a token=$_",                'invalid parameter "token=...", it must be like "token=$variable"') for '', 'x', 'eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0';
bad('auth_jwt a token=$',                 'invalid variable "$", it must be like "$name"');
bad('auth_jwt a client_secret=s3cr3t',    'invalid parameter "client_secret=...", it must be like "token=$variable"');
bad('auth_jwt off token=$cookie_x',       '"off" takes no parameter');
bad('auth_jwt_phase rewrite',             'invalid phase "rewrite", it must be "preaccess" or "access"');
bad('auth_jwt_type encrypted',            '"encrypted" tokens are not supported, only "signed" ones are');
bad('auth_jwt_type nested',               '"nested" tokens are not supported, only "signed" ones are');
bad('auth_jwt_type other',                'invalid type "other", it must be "signed"');
bad("$_ maybe",                           'invalid value "maybe", it must be "on" or "off"')
    for qw(auth_jwt_validate_exp auth_jwt_validate_sig auth_jwt_allow_hmac_with_public_keys);
bad("auth_jwt_leeway $_",                 qq(invalid time "$_")) for 'x', '-5', '99999999999999999999';
warns('auth_jwt_validate_sig off',        'signatures are not verified: anyone can forge a token that is accepted');
warns('auth_jwt "site"',
    'location "/" has no key, so it refuses every token; add "auth_jwt_key_file" or "auth_jwt_key_request"');
fine('auth_jwt_type signed');
fine('auth_jwt "site"; auth_jwt_key_file good.json');

# --- revocation lists ---------------------------------------------------------------------------------------------------

for my $list (qw(auth_jwt_revocation_list_sub auth_jwt_revocation_list_kid)) {
    local @files{qw(empty.json broken.json list.json twice.json)} = ('', '{"a":', '["a"]', '{"a":1,"a":2}');
    bad("$list missing.json", 'cannot read "%%TESTDIR%%/missing.json": No such file or directory');
    bad("$list empty.json",   qq(cannot use "%%TESTDIR%%/empty.json": $not_json));
    bad("$list broken.json",  qq(cannot use "%%TESTDIR%%/broken.json": $not_json));
    bad("$list list.json",    'cannot use "%%TESTDIR%%/list.json": it is not a JSON object');
    bad("$list twice.json",   'cannot use "%%TESTDIR%%/twice.json": an object has two members of one name');
}

# --- rules --------------------------------------------------------------------------------------------------------------

bad('auth_jwt_require x',                 'invalid value "x", it must begin with a variable');
bad('auth_jwt_require $host x',           'invalid value "x", it must begin with a variable');
bad('auth_jwt_require ""',                'invalid value "", it must begin with a variable');
bad('auth_jwt_require error=403',         'no value is given');
bad("auth_jwt_require \$host error=$_",   qq(invalid error code "$_", it must be 400 to 599, but not 444 or 499))
    for 200, 399, 600, 444, 499, -401, '403x', 'x', '';

my $operators = 'it must be eq, gt, ge, lt, le, in, any or match, "!" before one of them, or ne, nin, intersect or nintersect';
for my $rule (qw(auth_jwt_require_claim auth_jwt_require_header)) {
    bad("$rule a $_ b",                   qq(invalid operator "$_", $operators)) for '==', '=', 'EQ', '!', '!!eq', '!ne', 'like';
    bad(qq($rule "" eq b),                'the name is empty');
    bad("$rule a eq json=$_",             qq(invalid value "$_": the expected value is not JSON)) for '', 'nope', '1x', '[1';
    bad("$rule a match $_",               qq(invalid value "$_": the expected value is not a regular expression)) for '(', '[a', '*';
    bad("$rule $_ eq b",                  qq(invalid path "$_": a name is missing)) for '.', '.a.', '..a';
    bad("$rule $_ eq b",                  qq(invalid path "$_": between brackets there must be a number or a quoted name)) for '[', '.a[', '.a[x]', '.a[-1]';
    bad(qq($rule '."a' eq b),             'invalid path "."a": a quote is not closed');
    bad("$rule .a[0]b eq c",              'invalid path ".a[0]b": a step must begin with "." or "["');
}

# Constants of a kind that the operator cannot compare: for any token, a negated one too, such a rule would fail.
my @numbers = ('json=3', 'json=-1.5');
my @others  = ('json=true', 'json=null');
my @lists   = ('json=["a"]', 'json=[]');
my @objects = ('json={"a":1}');
my @strings = ('abc', 'json="abc"');
my %takes   = (
    (map { $_ => [[@numbers, @strings, 'json="3"', '2024-01-31'], 'a number, like json=3, or a string'] } qw(gt ge lt le !gt !ge !lt !le)),
    (map { $_ => [[@lists, @objects], 'an array or an object, like json=["a","b"]'] } qw(in nin !in)),
    (map { $_ => [[@strings, '3'], 'a regular expression, which is a string'] } qw(match !match)),
    (map { $_ => [[@numbers, @others, @lists, @objects, @strings, '3'], ''] } qw(eq ne !eq any !any intersect nintersect)),
);
for my $rule (qw(auth_jwt_require_claim auth_jwt_require_header)) {
    for my $operator (sort keys %takes) {
        my ($taken, $needed) = @{ $takes{$operator} };
        my %taken = map { $_ => 1 } @$taken;
        fine(join '; ', map { "$rule a $operator '$_'" } @$taken);
        bad("$rule a $operator '$_'", sprintf 'invalid value "%s": "%s" needs %s', s/\Ajson=//r, $operator, $needed)
            for grep { !$taken{$_} } @numbers, @others, @lists, @objects, @strings;
    }
}
fine(join '; ', map { "auth_jwt_require_claim a $_ \$host" } sort keys %takes);    # what a variable holds is known only later

# A plain value is a string, whatever it looks like.
my $plain = 'a plain value is a string, which is never compared with a number; write';
for my $operator (qw(gt ge lt le !gt !ge !lt !le)) {
    bad("$_ a $operator 1700000000", qq(invalid value "1700000000": $plain json=1700000000, or json="1700000000" to compare strings))
        for qw(auth_jwt_require_claim auth_jwt_require_header);
}
bad("auth_jwt_require_claim level gt $_", qq(invalid value "$_": $plain json=$_, or json="$_" to compare strings)) for qw(-1 1.5 1e3 0);
bad("auth_jwt_require_claim $_ gt 1700000000", qq(invalid value "1700000000": $plain json=1700000000)) for qw(exp nbf iat .exp);
bad("auth_jwt_require_claim exp $_ 1700000000", qq(invalid value "1700000000": $plain json=1700000000)) for qw(eq !eq any);
bad('auth_jwt_require_claim exp gt tomorrow', qq(invalid value "tomorrow": $plain json=1700000000));
fine('auth_jwt_require_header exp eq 1700000000; auth_jwt_require_claim exp gt json=1700000000; auth_jwt_require_claim exp gt $jwt_nowtime');

# Scopes. What nobody defines is only for override= to name.
bad('auth_jwt_require_scope error=403',     'no scope is given');
bad('auth_jwt_require_scope override=$ok',  'no scope is given');
bad('auth_jwt_require_scope ""',            'a scope is empty');
bad('auth_jwt_require_scope a " "',         'a scope is empty');
bad("auth_jwt_require_scope 'a $_'",        qq(invalid scope "$_", it must be of visible ASCII characters without " and \\)) for 'b"', 'Zoë';
bad("auth_jwt_require_scope $_",              qq(invalid scope "$_", it has a comma; write spaces between several)) for 'mcp:read,mcp:write', 'a,';
bad("auth_jwt_require_scope a $_=x",          qq(invalid scope "$_=x", it has a "=", as a misspelt parameter has)) for qw(overide Error);
bad('auth_jwt_require_scope a overide=$ok',   'invalid parameter "overide=...", it must be "override=" or "error="');
bad("auth_jwt_www_authenticate $_",           qq(invalid challenge "$_", it must be "on", "off", or what the header says)) for qw(On true no);
bad('auth_jwt_require_scope a override=ok', 'invalid parameter "override=ok", it must be like "override=$variable"');
bad("auth_jwt_require_scope a override=$_", qq(invalid variable "$_", it must be like "\$name")) for '$', '$a$b', '$a-b', '${ok}';
bad('auth_jwt_require_scope a override=$a override=$b', '"override=" appears twice');
bad("auth_jwt_require_scope a error=$_",    qq(invalid error code "$_", it must be 400 to 599, but not 444 or 499)) for qw(200 399 444 499 600 x);
fine('auth_jwt_require_scope a "b c" $host:read override=$nobody_defines_it error=473; auth_jwt_require_scope a override=$nobody_defines_it');
fine('limit_except GET { auth_jwt_require_scope a; } auth_jwt_leeway 0s');

bad('auth_jwt_allow_nested x',            'invalid parameter "x", it must be "delimiter=" or "quote="');
bad("auth_jwt_allow_nested $_",           'delimiter and quote must not be empty') for 'delimiter=', 'quote=';
bad('auth_jwt_allow_nested delimiter=. quote=.', 'delimiter and quote must differ');
check("nested name $_->[0]", in_location("auth_jwt_allow_nested; auth_jwt_require_claim '$_->[0]' eq c;"), 'fails',
    qq([emerg] "auth_jwt_allow_nested" directive: invalid name in claim "$_->[0]", eq: $_->[1]))
    for ['a..b', 'a name is missing'], ['a.', 'a name is missing'], ['"a', 'a quote is not closed'];

# --- the http level, repetition, variables, places ----------------------------------------------------------------------

for my $set (qw(auth_jwt_claim_set auth_jwt_header_set)) {
    my $server = 'server { listen 127.0.0.1:%%PORT%%; }';
    check("$set: not a variable", "$set a b; $server", 'fails', qq([emerg] "$set" directive: invalid variable "a", it must be like "\$name"));
    my $taken = qq([emerg] "$set" directive: the variable "\$x" is defined already, by nginx or by another directive; choose another name);
    check("$set: a variable of nginx", "$set \$$_ b; $server", 'fails', $taken =~ s/x" is/$_" is/r) for qw(host args);
    check("$set: one that has a value: $_", "$_ $set \$x b; $server", 'fails', $taken)
        for 'map $host $x { default 1; }', 'geo $x { default 1; }', 'auth_jwt_claim_set $x c;', 'auth_jwt_header_set $x kid;', 'auth_jwt_claim_set $X b c;',
        'server { listen 127.0.0.1:%%PORT%%; set $x 1; }', 'split_clients $host $x { * 1; }';
    check("$set: one that gets another value behind it: $_", "$set \$x b; $_ $server", 'fails', '[emerg] the duplicate "x" variable')
        for 'map $host $x { default 1; }', 'geo $x { default 1; }', 'server { listen 127.0.0.1:%%PORT%%; set $x 1; }';
    check("$set: the same twice is no contradiction", "$set \$x b; $set \$x b; $server", 'passes');
    check("$set: a name of a family", "$set \$jwt_claim_b c; $set \$http_x c; $server", 'passes');
    check("$set: a variable that override= named first", "server { listen 127.0.0.1:%%PORT%%; auth_jwt_require_scope a override=\$x; } $set \$x b;", 'passes');
    check("$set: a place", in_location("$set \$a b;"), 'fails', qq([emerg] "$set" directive is not allowed here));
}
for my $once ('auth_jwt x', 'auth_jwt_phase access', 'auth_jwt_type signed', 'auth_jwt_leeway 1s', 'auth_jwt_key_cache 1s', 'auth_jwt_validate_exp on',
    'auth_jwt_validate_sig on', 'auth_jwt_www_authenticate on', 'auth_jwt_allow_nested', 'auth_jwt_allow_hmac_with_public_keys on') {
    check("$once, twice", in_location("$once; $once;"), 'fails', '[emerg] "' . directive($once) . '" directive is duplicate');
}
for my $unknown ('auth_jwt_key_file $nowhere', 'auth_jwt_key_request $nowhere', 'auth_jwt_require $nowhere', 'auth_jwt_require_claim a eq $nowhere',
    'auth_jwt_require_scope $nowhere', 'auth_jwt_www_authenticate $nowhere', 'auth_jwt_key_file good.json; auth_jwt $nowhere', 'auth_jwt_key_file good.json; auth_jwt a token=$nowhere') {
    check("an unknown variable: $unknown", in_location("$unknown;"), 'fails', '[emerg] unknown "nowhere" variable');
}
check('not in an if', in_location('if ($host) { auth_jwt off; }'), 'fails', '[emerg] "auth_jwt" directive is not allowed here');
check("$_ without arguments", in_location("$_;"), 'fails', qq([emerg] invalid number of arguments in "$_" directive))
    for qw(auth_jwt auth_jwt_key_file auth_jwt_key_request auth_jwt_key_cache auth_jwt_leeway auth_jwt_phase auth_jwt_type auth_jwt_require auth_jwt_require_scope
    auth_jwt_require_claim auth_jwt_require_header auth_jwt_www_authenticate auth_jwt_validate_exp auth_jwt_validate_sig auth_jwt_revocation_list_sub
    auth_jwt_revocation_list_kid);

# --- auth_jwt_pass_credentials ------------------------------------------------------------------------------------------------

bad('auth_jwt_pass_credentials maybe', 'invalid value "maybe", it must be "on" or "off"');
for my $variable (qw(arg_access_token arg_t args query_string request_uri request cookie_t http_cookie)) {
    check("a token in \$$variable, which ends nowhere", in_location("auth_jwt x token=\$$variable; auth_jwt_key_file good.json; auth_jwt_pass_credentials off;"), 'fails',
        qq([emerg] "auth_jwt_pass_credentials" directive: "off" contradicts "auth_jwt ... token=\$$variable" in location "/": the token would be passed to backends and logs; let clients send it in a header, or set "auth_jwt_pass_credentials on"));
}
check('the same, of a server', 'server { listen 127.0.0.1:%%PORT%%; auth_jwt x token=$arg_t; auth_jwt_key_file good.json; auth_jwt_pass_credentials off; }', 'fails',
    '[emerg] "auth_jwt_pass_credentials" directive: "off" contradicts "auth_jwt ... token=$arg_t" of the server: the token would be passed to backends and logs; let clients send it in a header, or set "auth_jwt_pass_credentials on"');
fine("auth_jwt x token=\$$_; auth_jwt_key_file good.json; auth_jwt_pass_credentials off") for qw(http_x_token http_authorization uri);
fine('auth_jwt x token=$arg_t; auth_jwt_key_file good.json; auth_jwt_pass_credentials on');
fine('auth_jwt off; auth_jwt_pass_credentials off');

finish();
