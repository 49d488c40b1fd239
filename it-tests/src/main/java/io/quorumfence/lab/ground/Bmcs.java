package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A BMC for each box: OpenIPMI's simulator, on a machine of its own on the management plane. Its chassis control pulls
 * the box's plug. There when the scenario's settings have a section {@code power}; BMC of h3 is port 9003 of {@link
 * #ADDRESS}.
 */
final class Bmcs {
    static final String ADDRESS = "10.77.1.240";
    static final String SECRET = "lab-only";
    private static final String MACHINE = "bmcs";

    private final Lab lab;
    private final Path boxScript;

    Bmcs(Lab lab, Path boxScript) {
        this.lab = lab;
        this.boxScript = boxScript;
    }

    static boolean areWanted(LabPlan plan) {
        return plan.settings().containsKey("power");
    }

    void start() {
        lab.script("attach", MACHINE, ADDRESS).check("cannot attach the BMCs");
        for (Box box : lab.boxes()) {
            try {
                start(box);
            } catch (IOException e) {
                throw new LabException("cannot lay out the BMC of " + box.name() + ": " + e.getMessage(), e);
            }
        }
    }

    private void start(Box box) throws IOException {
        Path home = Files.createDirectories(lab.dir().resolve(MACHINE).resolve(box.name()));
        Path chassis = home.resolve("chassis");
        Files.writeString(
                chassis,
                "#!/bin/sh\n. " + lab.dir().resolve("lab.env") + "\ncase \"$1 $2\" in\n"
                        + " 'get power') if [ -s " + box.control().resolve("pid") + " ]; then echo power:1;"
                        + " else echo power:0; fi;;\n"
                        + " 'set power') [ \"$3\" != 0 ] || bash " + boxScript + " power-off " + lab.dir() + " "
                        + box.name() + ";;\nesac\n");
        Files.setPosixFilePermissions(chassis, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path lan = home.resolve("lan");
        Files.writeString(
                lan,
                "name \"bmc\"\nset_working_mc 0x20\nstartlan 1\naddr " + ADDRESS + " " + port(box.name())
                        + "\npriv_limit admin\nallowed_auths_admin md5\nguid a123456789abcdefa123456789abcdef\nendlan\n"
                        + "chassis_control \"" + chassis + "\"\nuser 1 true \"\" \"\" user 10 none\n"
                        + "user 2 true \"fence\" \"" + SECRET + "\" admin 10 md5\n");
        Path emulated = home.resolve("emu");
        Files.writeString(
                emulated, "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n");
        List<String> words = new ArrayList<>(Namespaces.network(lab.dir().resolve(MACHINE + ".pid")));
        words.addAll(List.of(
                "/usr/bin/ipmi_sim", "-c", lan.toString(), "-f", emulated.toString(), "-s", home + "/state", "-n"));
        lab.script("spawn", MACHINE, home.resolve("log"))
                .with(words.toArray())
                .check("cannot start the BMC of " + box.name());
    }

    private static int port(String host) {
        return 9000 + LabPlan.indexOf(host);
    }
}
