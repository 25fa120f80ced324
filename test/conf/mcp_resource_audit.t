# mcp_audit, mcp_audit_required, $mcp_audit: what could not work is refused, with what would be right.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;

my $key      = 'k' x 32;
my %files    = ('good.json' => jwks('p256'), key => "$key\n", short => 'k' x 31 . "\n", empty => "\n", lines => "$key\n$key\n", open => "$key\n");
my $uri      = 'https://mcp.example.com/mcp';
my $complete = "mcp_resource $uri; mcp_authorization_server https://as.example.com; mcp_jwks good.json;";
my $format   = 'log_format mcp_audit escape=none $mcp_audit;';

sub check ($name, $conf, $passes, @messages) {
    my ($passed, @lines) = nginx_t($conf, \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}
sub in_location ($text) { return "$format server { listen 127.0.0.1:%%PORT%%; location /mcp { $complete $text } }" }
sub bad ($text, $message) {
    my ($directive) = $text =~ /\A(\w+)/;
    return check($text, in_location("$text;"), 'fails', qq([emerg] "$directive" directive: $message));
}

# --- mcp_audit -----------------------------------------------------------------------------------------------------------

umask 077;
check("fine: $_", in_location("$_;"), 'passes') for 'mcp_audit identity=plain', 'mcp_audit identity=hash key_file=key', 'mcp_audit key_file=key', 'mcp_audit key_file=key identity=hash';
check('on every level', "mcp_audit identity=plain; $format server { mcp_audit identity=hash key_file=key; listen 127.0.0.1:%%PORT%%; location /mcp { $complete mcp_audit identity=plain; } }", 'passes');
bad('mcp_audit identity=hash', '"identity=hash" needs "key_file=": without a key, names can be guessed');
bad('mcp_audit identity=' . $_, qq(invalid identity "$_", it must be "plain" or "hash")) for '', 'off', 'HASH', 'sha256', 'plain,hash';
bad('mcp_audit hash', 'unknown parameter "hash", it must be "identity=" or "key_file="');
bad('mcp_audit key=secret', 'unknown parameter "key=...", it must be "identity=" or "key_file="');
bad('mcp_audit identity=hash key_file=none', 'cannot read "%%TESTDIR%%/none": No such file or directory');
bad('mcp_audit identity=hash key_file=.', 'cannot read "%%TESTDIR%%/.": it is not a regular file');
bad('mcp_audit identity=hash key_file=empty', 'the secret in "%%TESTDIR%%/empty" is empty');
bad('mcp_audit identity=hash key_file=lines', 'the secret in "%%TESTDIR%%/lines" has a line break or another control character');
bad('mcp_audit identity=hash key_file=short', 'the key in "%%TESTDIR%%/short" has 31 bytes, it must have at least 32; make one with "openssl rand -hex 32"');
check("twice: $_", in_location($_), 'fails', '[emerg] "mcp_audit" directive is duplicate')
    for 'mcp_audit identity=plain; mcp_audit identity=plain;', 'mcp_audit identity=plain identity=plain;', 'mcp_audit key_file=key key_file=key;';
check("$_", in_location($_), 'fails', '[emerg] invalid number of arguments in "mcp_audit" directive') for 'mcp_audit a b c;';
umask 022;
check('a key that every user can read', in_location('mcp_audit identity=hash key_file=open;'), 'passes', '[warn] "mcp_audit" directive: every user of this machine can read "%%TESTDIR%%/open"; its mode should be 0600');
check('in a location that nothing protects', 'server { listen 127.0.0.1:%%PORT%%; location / { mcp_audit identity=plain; } }', 'fails', '[emerg] "mcp_audit" directive: nothing protects this location: add "mcp_resource", or leave the directive out; for several locations it stands in "server" or "http"');
check('a "map" of its name', 'map $uri $mcp_audit { default x; } server { listen 127.0.0.1:%%PORT%%; }', 'fails', '[emerg] the duplicate "mcp_audit" variable');

# --- mcp_audit_required --------------------------------------------------------------------------------------------------

my $on = 'mcp_audit_required on';
check("fine: $_", in_location("$on; $_"), 'passes') for 'access_log %%TESTDIR%%/audit.log mcp_audit;', 'access_log %%TESTDIR%%/audit.log mcp_audit if=$mcp_audit;', 'access_log /dev/stdout mcp_audit;',
    'access_log syslog:server=127.0.0.1 mcp_audit; access_log %%TESTDIR%%/audit.log mcp_audit;', 'access_log %%TESTDIR%%/all.log combined buffer=64k; access_log %%TESTDIR%%/audit.log mcp_audit;';
check("fine: $_", in_location("$on; $_"), 'passes') for 'access_log %%TESTDIR%%/audit.log mcp_audit if=${mcp_audit};', 'access_log /dev/null mcp_audit; access_log %%TESTDIR%%/audit.log mcp_audit;';
check('off needs nothing', in_location('mcp_audit_required off;'), 'passes');
my $none = 'no "access_log" is in effect here ("access_log off" turns off all others of its level); add one with a file, for example "access_log /var/log/nginx/mcp-audit.log mcp_audit"';
bad($on, $none);
bad("$on; access_log off", $none);
bad("$on; access_log off; access_log %%TESTDIR%%/audit.log mcp_audit", $none);
bad("$on; access_log %%TESTDIR%%/audit.log mcp_audit; access_log off", $none);
bad("$on; access_log syslog:server=127.0.0.1 mcp_audit", '"access_log" sends to syslog only, and nothing confirms that a record has arrived; add an "access_log" with a file');
bad("$on; access_log %%TESTDIR%%/\$host.log mcp_audit", 'nginx opens an "access_log" with variables in its name after the response, and cannot know before whether it has space; write a name without variables');
bad("$on; access_log %%TESTDIR%%/audit.log mcp_audit $_", '"buffer=" or "gzip" of "access_log" keeps records in memory, which are lost if a worker is killed; leave it out') for 'buffer=64k flush=1s', 'gzip';
my $format_wanted = q(; name a format that has it, for example "log_format mcp_audit escape=none '$mcp_audit'");
bad("$on; access_log %%TESTDIR%%/audit.log$_", qq(no "access_log" in effect here has a format with "\$mcp_audit": one has "combined"$format_wanted)) for '', ' combined', ' combined if=$mcp_audit';
bad("$on; access_log %%TESTDIR%%/all.log; access_log syslog:server=127.0.0.1 combined", qq(no "access_log" in effect here has a format with "\$mcp_audit": one has "combined", one has "combined"$format_wanted));
check('a format without the record beside one that has it', "log_format other '\$uri \$http_x'; " . in_location("$on; access_log %%TESTDIR%%/audit.log other;"), 'fails', qq([emerg] "mcp_audit_required" directive: no "access_log" in effect here has a format with "\$mcp_audit": one has "other"$format_wanted));
check('a format that has more than the record', "log_format other '\$uri \$http_x \$mcp_audit'; " . in_location("$on; access_log %%TESTDIR%%/audit.log other;"), 'passes');
bad("$on; access_log %%TESTDIR%%/all.log; access_log %%TESTDIR%%/audit.log mcp_audit gzip", '"buffer=" or "gzip" of "access_log" keeps records in memory, which are lost if a worker is killed; leave it out');
bad("$on; access_log $_ mcp_audit", 'the "access_log" is a device that keeps nothing, like "/dev/null"; write the name of a file') for '/dev/null', '/dev/full';
check('a condition that may leave records out', in_location("$on; access_log %%TESTDIR%%/audit.log mcp_audit if=\$request_method;"), 'passes', '[warn] "mcp_audit_required" directive: "if=$request_method" of "access_log" may leave records out; write "if=$mcp_audit"');
bad("$on; satisfy any; access_log %%TESTDIR%%/audit.log mcp_audit", 'with "satisfy any" a request may pass without a decision of this module, and a record of it');
check('without a format that has the record', "server { listen 127.0.0.1:%%PORT%%; access_log %%TESTDIR%%/audit.log; location /mcp { $complete $on; } }", 'fails', '[emerg] "mcp_audit_required" directive: no "log_format" has "$mcp_audit", so nothing is recorded');
check('said in http, for a location whose log is off', "$on; $format access_log %%TESTDIR%%/audit.log mcp_audit; server { listen 127.0.0.1:%%PORT%%; location /mcp { $complete access_log off; } location /public { access_log off; } }", 'fails', qq([emerg] "mcp_audit_required" directive: $none));
bad('mcp_audit_required yes', 'invalid value "yes", it must be "on" or "off"');

finish();
